package io.recthink.text;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.Map;

/** Jinja's filters, which follow {@code |} in an expression. */
final class Filters {
    private static final Map<String, Filter> FILTERS = all();

    private Filters() {}

    /** Converts a value to another value. */
    interface Filter {
        Object apply(Budget budget, Object value, Arguments arguments);
    }

    static boolean exists(String name) {
        return FILTERS.containsKey(name);
    }

    /**
     * The value of {@code value | name(arguments)}.
     *
     * @throws TemplateException if the filter does not exist or does not apply to the value
     */
    static Object apply(Budget budget, String name, Object value, Arguments arguments) {
        Filter filter = FILTERS.get(name);
        if (filter == null) {
            throw new TemplateException("unknown filter " + name);
        }
        return filter.apply(budget, value, arguments);
    }

    private static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>(general());
        filters.putAll(TextFilters.ALL);
        filters.putAll(SequenceFilters.ALL);
        filters.putAll(NumberFilters.ALL);
        return Map.copyOf(filters);
    }

    private static Map<String, Filter> general() {
        return Map.ofEntries(
                entry("tojson", Json::write),
                entry("default", Filters::otherwise),
                entry("d", Filters::otherwise),
                entry("attr", Filters::attribute),
                entry("count", Filters::length),
                entry("length", Filters::length));
    }

    private static Object otherwise(Budget budget, Object value, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("default", "default_value", "boolean");
        boolean replaced = value instanceof Undefined || (bound.truth("boolean") && !Values.isTrue(value));
        return replaced ? bound.get("default_value", "") : value;
    }

    private static Object attribute(Budget budget, Object value, Arguments arguments) {
        String name = arguments.bind("attr", "name").text("name");
        return Attributes.attributeOnly(budget, value, name);
    }

    private static Object length(Budget budget, Object value, Arguments arguments) {
        arguments.bind("length");
        return Values.length(budget, value);
    }
}
