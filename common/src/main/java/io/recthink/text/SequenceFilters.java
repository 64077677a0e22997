package io.recthink.text;

import static java.util.Map.entry;

import io.recthink.text.Arguments.Bound;
import io.recthink.text.Filters.Filter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters for lists and other values with elements. */
final class SequenceFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
            entry("list", SequenceFilters::list),
            entry("first", SequenceFilters::first),
            entry("last", SequenceFilters::last),
            entry("join", SequenceFilters::join),
            entry("map", LazyFilters::map),
            entry("select", (budget, value, arguments) -> LazyFilters.select(budget, value, arguments, true, false)),
            entry("reject", (budget, value, arguments) -> LazyFilters.select(budget, value, arguments, false, false)),
            entry("selectattr", (budget, value, arguments) -> LazyFilters.select(budget, value, arguments, true, true)),
            entry(
                    "rejectattr",
                    (budget, value, arguments) -> LazyFilters.select(budget, value, arguments, false, true)),
            entry("reverse", SequenceFilters::reverse),
            entry("sort", SequenceFilters::sort),
            entry("unique", SequenceFilters::unique),
            entry("items", SequenceFilters::items),
            entry("dictsort", SequenceFilters::sortDictionary),
            entry("sum", SequenceFilters::sum),
            entry("min", (budget, value, arguments) -> extreme(budget, value, arguments, "min")),
            entry("max", (budget, value, arguments) -> extreme(budget, value, arguments, "max")),
            entry("batch", SequenceFilters::batch),
            entry("slice", SequenceFilters::slice));

    private SequenceFilters() {}

    private static Object list(Budget budget, Object value, Arguments arguments) {
        arguments.bind("list");
        return Values.list(budget, value);
    }

    private static Object first(Budget budget, Object value, Arguments arguments) {
        arguments.bind("first");
        Iterator<Object> elements = Values.iterate(budget, value);
        return elements.hasNext() ? elements.next() : new Undefined("there is no first element");
    }

    private static Object last(Budget budget, Object value, Arguments arguments) {
        arguments.bind("last");
        refuseLazy("last", value);
        List<Object> elements = Values.list(budget, value);
        return elements.isEmpty() ? new Undefined("there is no last element") : elements.get(elements.size() - 1);
    }

    private static void refuseLazy(String filter, Object value) {
        if (value instanceof Generator || value instanceof Loop) {
            throw new TemplateException(filter + " needs a list; put | list before it");
        }
    }

    private static Object join(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("join", "d", "attribute");
        String separator = Printer.print(budget, bound.get("d", ""));
        AttributePath path = AttributePath.of(bound.get("attribute", null));
        StringBuilder result = new StringBuilder();
        boolean first = true;
        for (Iterator<Object> parts = Values.iterate(budget, value); parts.hasNext(); first = false) {
            String part = Printer.print(budget, path.of(budget, parts.next()));
            budget.characters((long) part.length() + separator.length());
            result.append(first ? "" : separator).append(part);
        }
        return result.toString();
    }

    private static Object reverse(Budget budget, Object value, Arguments arguments) {
        arguments.bind("reverse");
        if (value instanceof String || value instanceof Markup) {
            String text = Values.text("reverse", value);
            String reversed = (String) new Slice(null, null, -1L).of(budget, text);
            return value instanceof Markup ? new Markup(reversed) : reversed;
        }
        List<Object> elements = Values.list(budget, value);
        Collections.reverse(elements);
        return value instanceof Generator ? elements : new Generator(elements.iterator());
    }

    private static Object withoutCase(Object value, boolean caseSensitive) {
        return !caseSensitive && value instanceof String text ? Texts.lower(text) : value;
    }

    private static Object sort(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
        Object attribute = bound.get("attribute", null);
        List<AttributePath> paths = new ArrayList<>();
        if (attribute instanceof String names) {
            for (String name : names.split(",", -1)) {
                paths.add(AttributePath.of(name));
            }
        } else {
            paths.add(AttributePath.of(attribute));
        }
        List<Keyed> keyed = new ArrayList<>();
        for (Object element : Values.list(budget, value)) {
            List<Object> key = new ArrayList<>();
            paths.forEach(path -> key.add(withoutCase(path.of(budget, element), bound.truth("case_sensitive"))));
            keyed.add(new Keyed(key, element));
        }
        return sorted(budget, keyed, bound.truth("reverse"));
    }

    private record Keyed(Object key, Object element) {}

    private static List<Object> sorted(Budget budget, List<Keyed> keyed, boolean reverse) {
        budget.elements(2L * keyed.size());
        Comparator<Keyed> order = (left, right) -> {
            if (Values.isUnordered(left.key(), right.key())) {
                throw new TemplateException("sorting nan is not supported");
            }
            return Values.order(budget, left.key(), right.key());
        };
        keyed.sort(reverse ? order.reversed() : order);
        List<Object> elements = new ArrayList<>();
        keyed.forEach(element -> elements.add(element.element()));
        return elements;
    }

    private static Object unique(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("unique", "case_sensitive", "attribute");
        AttributePath path = AttributePath.of(bound.get("attribute", null));
        Set<Object> seen = new HashSet<>();
        List<Object> result = new ArrayList<>();
        for (Object element : Values.list(budget, value)) {
            Object key = withoutCase(path.of(budget, element), bound.truth("case_sensitive"));
            if (!Dictionary.isKey(key)) {
                throw new TemplateException("unique cannot compare a " + Values.type(key));
            }
            budget.entry();
            if (seen.add(Dictionary.normalized(key))) {
                result.add(element);
            }
        }
        return new Generator(result.iterator());
    }

    private static Object items(Budget budget, Object value, Arguments arguments) {
        arguments.bind("items");
        if (value instanceof Undefined) {
            return new Generator(Collections.emptyIterator());
        }
        Dictionary dictionary = dictionary("items", value);
        budget.elements(3L * dictionary.size());
        return new Generator(dictionary.items().iterator());
    }

    private static Dictionary dictionary(String filter, Object value) {
        Values.refuseUndefined(value);
        if (value instanceof Dictionary dictionary) {
            return dictionary;
        }
        throw new TemplateException(filter + " needs a dictionary (was a " + Values.type(value) + ")");
    }

    private static Object sortDictionary(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
        String by = bound.text("by", "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateException("dictsort sorts by key or by value");
        }
        List<Keyed> keyed = new ArrayList<>();
        for (Dictionary.Entry entry : dictionary("dictsort", value).entries()) {
            Object key = by.equals("key") ? entry.key() : entry.value();
            budget.elements(2);
            keyed.add(new Keyed(withoutCase(key, bound.truth("case_sensitive")), Tuple.of(entry.key(), entry.value())));
        }
        return sorted(budget, keyed, bound.truth("reverse"));
    }

    private static Object sum(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("sum", "attribute", "start");
        AttributePath path = AttributePath.of(bound.get("attribute", null));
        Object sum = bound.get("start", 0L);
        if (sum instanceof String) {
            throw new TemplateException("sum does not add strings; use join");
        }
        for (Iterator<Object> elements = Values.iterate(budget, value); elements.hasNext(); ) {
            sum = Arithmetic.apply(budget, "+", sum, path.of(budget, elements.next()));
        }
        return sum;
    }

    private static Object extreme(Budget budget, Object value, Arguments arguments, String name) {
        Bound bound = arguments.bind(name, "case_sensitive", "attribute");
        AttributePath path = AttributePath.of(bound.get("attribute", null));
        Keyed best = null;
        for (Iterator<Object> elements = Values.iterate(budget, value); elements.hasNext(); ) {
            Object element = elements.next();
            Object key = withoutCase(path.of(budget, element), bound.truth("case_sensitive"));
            boolean better = best == null
                    || (name.equals("min")
                            ? Values.isLess(budget, key, best.key())
                            : Values.isLess(budget, best.key(), key));
            best = better ? new Keyed(key, element) : best;
        }
        return best == null ? new Undefined("there is no element to choose from") : best.element();
    }

    private static Object batch(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("batch", "linecount", "fill_with");
        bound.required("linecount");
        long count = bound.integer("linecount", 0);
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object element : Values.list(budget, value)) {
            if (batch.size() == count) {
                batches.add(batch);
                budget.elements(count);
                batch = new ArrayList<>();
            }
            batch.add(element);
        }
        Object filling = bound.get("fill_with", null);
        if (!batch.isEmpty()) {
            long missing = filling == null ? 0 : Math.max(0, count - batch.size());
            budget.elements(missing);
            batch.addAll(Collections.nCopies((int) missing, filling));
            batches.add(batch);
        }
        return new Generator(batches.iterator());
    }

    private static Object slice(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("slice", "slices", "fill_with");
        bound.required("slices");
        long count = bound.integer("slices", 0);
        if (count <= 0) {
            throw new TemplateException("slice needs at least one slice");
        }
        budget.elements(4 * Math.min(count, Budget.CHARACTERS));
        List<Object> elements = Values.list(budget, value);
        Object filling = bound.get("fill_with", null);
        List<Object> slices = new ArrayList<>();
        int begin = 0;
        for (long i = 0; i < count; i++) {
            boolean longer = i < elements.size() % count;
            int end = begin + (int) (elements.size() / count) + (longer ? 1 : 0);
            List<Object> slice = new ArrayList<>(elements.subList(begin, end));
            if (filling != null && !longer) {
                slice.add(filling);
            }
            slices.add(slice);
            begin = end;
        }
        return new Generator(slices.iterator());
    }
}
