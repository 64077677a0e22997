package io.recthink.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * The variable {@code loop}. It reads the next element only when a template needs it, because the iterable may be lazy.
 */
final class Loop implements Callable {
    private static final Set<String> ATTRIBUTES = Set.of(
            "index",
            "index0",
            "revindex",
            "revindex0",
            "first",
            "last",
            "length",
            "depth",
            "depth0",
            "previtem",
            "nextitem",
            "cycle",
            "changed");
    private static final Object NONE = new Object();

    private final BiFunction<Object, Integer, String> recursion;
    private final int depth;
    private Iterator<Object> elements;
    private long length;
    private long index = -1;
    private Object before = NONE;
    private Object current = NONE;
    private Object after = NONE;
    private List<Object> lastChanged;

    /**
     * @param length the length of the iterable; -1 when unknown
     * @param depth the depth of the recursion, from 0
     * @param recursion renders the loop for other elements at a depth from 0; null unless the loop is recursive
     */
    Loop(Iterator<Object> elements, long length, int depth, BiFunction<Object, Integer, String> recursion) {
        this.elements = elements;
        this.length = length;
        this.depth = depth;
        this.recursion = recursion;
    }

    static boolean has(String attribute) {
        return ATTRIBUTES.contains(attribute);
    }

    boolean hasNext() {
        return after != NONE || elements.hasNext();
    }

    Object next() {
        Object next = after != NONE ? after : elements.next();
        after = NONE;
        index++;
        before = current;
        current = next;
        return next;
    }

    long index() {
        return index + 1;
    }

    long length(Budget budget) {
        if (length < 0) {
            List<Object> rest = new ArrayList<>();
            while (elements.hasNext()) {
                budget.elements(1);
                rest.add(elements.next());
            }
            elements = rest.iterator();
            length = rest.size() + index + 1 + (after == NONE ? 0 : 1);
        }
        return length;
    }

    Object attribute(Budget budget, String name) {
        return switch (name) {
            case "index" -> index + 1;
            case "index0" -> index;
            case "revindex" -> length(budget) - index;
            case "revindex0" -> length(budget) - index - 1;
            case "first" -> index == 0;
            case "last" -> !peek();
            case "length" -> length(budget);
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> before == NONE ? new Undefined("there is no previous item") : before;
            case "nextitem" -> peek() ? after : new Undefined("there is no next item");
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> null;
        };
    }

    private boolean peek() {
        if (after == NONE && elements.hasNext()) {
            after = elements.next();
        }
        return after != NONE;
    }

    private Object cycle(Budget budget, Arguments arguments) {
        List<Object> values = arguments.positional();
        if (values.isEmpty() || !arguments.keyword().isEmpty()) {
            throw new TemplateException("loop.cycle needs values to choose from");
        }
        return values.get((int) (index % values.size()));
    }

    private Object changed(Budget budget, Arguments arguments) {
        List<Object> values = arguments.positional();
        boolean changed = lastChanged == null || !Values.equal(budget, lastChanged, values);
        lastChanged = values;
        return changed;
    }

    @Override
    public Object call(Budget budget, Arguments arguments) {
        if (recursion == null) {
            throw new TemplateException("loop(...) needs a loop that is marked recursive");
        }
        return recursion.apply(arguments.bind("loop", "iterable").required("iterable"), depth + 1);
    }
}
