package io.recthink.text;

import java.util.List;

/** The result of {@code cycler()}: returns its values again and again. */
final class Cycler {
    private final List<Object> items;
    private int position;

    Cycler(List<Object> items) {
        if (items.isEmpty()) {
            throw new TemplateException("cycler needs at least one value");
        }
        this.items = items;
    }

    boolean has(String attribute) {
        return attribute.equals("next") || attribute.equals("reset") || attribute.equals("current");
    }

    Object attribute(String name) {
        return switch (name) {
            case "next" -> (Callable) this::next;
            case "reset" -> (Callable) this::reset;
            default -> items.get(position);
        };
    }

    private Object next(Budget budget, Arguments arguments) {
        arguments.bindPositional("next");
        Object current = items.get(position);
        position = (position + 1) % items.size();
        return current;
    }

    private Object reset(Budget budget, Arguments arguments) {
        arguments.bindPositional("reset");
        position = 0;
        return null;
    }
}
