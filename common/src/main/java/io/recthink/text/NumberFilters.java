package io.recthink.text;

import static java.util.Map.entry;

import io.recthink.text.Arguments.Bound;
import io.recthink.text.Filters.Filter;
import java.util.Map;

/** Filters with a number as result. */
final class NumberFilters {
    static final Map<String, Filter> ALL = Map.ofEntries(
            entry("int", NumberFilters::whole),
            entry("float", NumberFilters::real),
            entry("abs", NumberFilters::absolute),
            entry("round", NumberFilters::round));

    // The number of times that a parser reads a text to convert it to a number.
    private static final long SCANS = 32;

    private NumberFilters() {}

    private static Object whole(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("int", "default", "base");
        Values.refuseUndefined(value);
        if (Numbers.isWhole(value)) {
            return Numbers.whole(value);
        }
        Double real = value instanceof Double number ? number : null;
        if (real != null && real.isInfinite()) {
            throw new TemplateException("int: the number is infinite");
        }
        if (value instanceof String || value instanceof Markup) {
            String text = Values.text("int", value);
            budget.scan(SCANS * text.length());
            Long parsed = Numbers.parseWhole(text, bound.integer("base", 10));
            if (parsed != null) {
                return parsed;
            }
            real = Numbers.parseReal(text);
        }
        return real == null || !Double.isFinite(real) ? bound.get("default", 0L) : (Object) Numbers.truncated(real);
    }

    private static Object real(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("float", "default");
        Values.refuseUndefined(value);
        if (Numbers.isNumber(value)) {
            return Numbers.real(value);
        }
        Double parsed = null;
        if (value instanceof String || value instanceof Markup) {
            String text = Values.text("float", value);
            budget.scan(SCANS * text.length());
            parsed = Numbers.parseReal(text);
        }
        return parsed == null ? bound.get("default", 0.0) : parsed;
    }

    private static Object absolute(Budget budget, Object value, Arguments arguments) {
        arguments.bind("abs");
        Object number = Arithmetic.plus(value);
        return number instanceof Double real
                ? (Object) Math.abs(real)
                : (Long) number < 0 ? Arithmetic.negate(number) : number;
    }

    private static Object round(Budget budget, Object value, Arguments arguments) {
        Bound bound = arguments.bind("round", "precision", "method");
        long precision = bound.integer("precision", 0);
        String method = bound.text("method", "common");
        Arithmetic.plus(value);
        if (method.equals("common")) {
            return Numbers.rounded(value, precision);
        } else if (!method.equals("ceil") && !method.equals("floor")) {
            throw new TemplateException("round: the method must be common, ceil or floor");
        }
        Object scale = Arithmetic.apply(budget, "**", 10L, precision);
        double scaled = Numbers.real(Arithmetic.apply(budget, "*", value, scale));
        long whole = Numbers.truncated(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
        return Arithmetic.apply(budget, "/", whole, scale);
    }
}
