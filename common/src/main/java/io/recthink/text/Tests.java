package io.recthink.text;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;

/** Jinja's tests, which follow {@code is} in an expression. */
final class Tests {
    private static final Map<String, Test> TESTS = Map.ofEntries(
            entry("defined", simple((budget, value) -> !(value instanceof Undefined))),
            entry("undefined", simple((budget, value) -> value instanceof Undefined)),
            entry("none", simple((budget, value) -> value == null)),
            entry("boolean", simple((budget, value) -> value instanceof Boolean)),
            entry("true", simple((budget, value) -> Boolean.TRUE.equals(value))),
            entry("false", simple((budget, value) -> Boolean.FALSE.equals(value))),
            entry("integer", simple((budget, value) -> value instanceof Long)),
            entry("float", simple((budget, value) -> value instanceof Double)),
            entry("number", simple((budget, value) -> Numbers.isNumber(value))),
            entry("string", simple((budget, value) -> value instanceof String || value instanceof Markup)),
            entry("mapping", simple((budget, value) -> value instanceof Dictionary)),
            entry("sequence", simple(Tests::isSequence)),
            entry("iterable", simple((budget, value) -> Values.isIterable(value))),
            entry("callable", simple((budget, value) -> value instanceof Callable || value instanceof Undefined)),
            entry("escaped", simple((budget, value) -> value instanceof Markup)),
            entry("lower", simple((budget, value) -> Texts.isAll(Printer.print(budget, value), false))),
            entry("upper", simple((budget, value) -> Texts.isAll(Printer.print(budget, value), true))),
            entry("odd", simple((budget, value) -> isRemainder(budget, value, 2L, 1L))),
            entry("even", simple((budget, value) -> isRemainder(budget, value, 2L, 0L))),
            entry("divisibleby", other((budget, value, number) -> isRemainder(budget, value, number, 0L))),
            entry("sameas", other(Tests::isSame)),
            entry("in", other((budget, value, container) -> Values.contains(budget, container, value))),
            entry("filter", simple((budget, value) -> value instanceof String name && Filters.exists(name))),
            entry("test", simple((budget, value) -> value instanceof String name && exists(name))),
            entry("eq", comparison("==")),
            entry("equalto", comparison("==")),
            entry("==", comparison("==")),
            entry("ne", comparison("!=")),
            entry("!=", comparison("!=")),
            entry("gt", comparison(">")),
            entry("greaterthan", comparison(">")),
            entry(">", comparison(">")),
            entry("ge", comparison(">=")),
            entry(">=", comparison(">=")),
            entry("lt", comparison("<")),
            entry("lessthan", comparison("<")),
            entry("<", comparison("<")),
            entry("le", comparison("<=")),
            entry("<=", comparison("<=")));

    private Tests() {}

    private interface Test {
        boolean holds(Budget budget, Object value, Arguments arguments);
    }

    private interface Simple {
        boolean holds(Budget budget, Object value);
    }

    private interface WithOther {
        boolean holds(Budget budget, Object value, Object other);
    }

    static boolean exists(String name) {
        return TESTS.containsKey(name);
    }

    /**
     * Whether {@code value is name(arguments)}.
     *
     * @throws TemplateException if the test does not exist or does not apply to the value
     */
    static boolean holds(Budget budget, String name, Object value, Arguments arguments) {
        Test test = TESTS.get(name);
        if (test == null) {
            throw new TemplateException("unknown test " + name);
        }
        return test.holds(budget, value, arguments);
    }

    private static Test simple(Simple test) {
        return (budget, value, arguments) -> {
            arguments.bind("the test");
            return test.holds(budget, value);
        };
    }

    private static Test other(WithOther test) {
        return (budget, value, arguments) ->
                test.holds(budget, value, arguments.bind("the test", "other").required("other"));
    }

    private static Test comparison(String operator) {
        return other((budget, value, other) -> Comparison.holds(budget, operator, value, other));
    }

    private static boolean isSequence(Budget budget, Object value) {
        return value instanceof String
                || value instanceof Markup
                || value instanceof Dictionary
                || value instanceof Undefined
                || value instanceof List<?>
                || value instanceof Tuple
                || value instanceof Range;
    }

    private static boolean isRemainder(Budget budget, Object value, Object divisor, long remainder) {
        return Values.equal(budget, Arithmetic.apply(budget, "%", value, divisor), remainder);
    }

    /**
     * Whether two values are the same object. For equal numbers and strings the answer depends on Python's
     * implementation.
     */
    private static boolean isSame(Budget budget, Object value, Object other) {
        boolean unclear = (value instanceof Long || value instanceof Double || value instanceof String)
                && (other instanceof Long || other instanceof Double || other instanceof String)
                && value.getClass() == other.getClass()
                && Values.equal(budget, value, other);
        if (unclear && value instanceof Long number && number >= -5 && number <= 256) {
            return true;
        } else if (unclear) {
            throw new TemplateException("sameas of equal numbers or strings is not supported; use ==");
        }
        return value == other || (value instanceof Boolean && value.equals(other));
    }
}
