package io.recthink.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Python's rules for values. None is null, {@code int} is Long, {@code float} is Double, {@code list} is a
 * {@link List}. Each other type has its own class in this package.
 */
final class Values {
    private Values() {}

    /** A copy of a Java value as a value of the template. */
    static Object of(Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof Long) {
            return value;
        } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        } else if (value instanceof java.math.BigInteger number) {
            return Numbers.whole(number);
        } else if (value instanceof Number number) {
            return number.doubleValue();
        } else if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(element -> copy.add(of(element)));
            return Collections.unmodifiableList(copy);
        } else if (value instanceof Map<?, ?> map) {
            Dictionary dictionary = new Dictionary();
            map.forEach((key, element) -> dictionary.put(of(key), of(element)));
            return dictionary;
        }
        throw new TemplateException("a variable is a " + value.getClass().getSimpleName());
    }

    /** The name of a value's type, for messages. */
    static String type(Object value) {
        if (value == null) {
            return "none";
        } else if (value instanceof String || value instanceof Markup) {
            return "string";
        } else if (value instanceof Boolean) {
            return "boolean";
        } else if (value instanceof Long) {
            return "whole number";
        } else if (value instanceof Double) {
            return "number";
        } else if (value instanceof List<?>) {
            return "list";
        } else if (value instanceof Callable) {
            return "function";
        }
        return Texts.lower(value.getClass().getSimpleName());
    }

    static boolean isTrue(Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        } else if (value == null || value instanceof Undefined) {
            return false;
        } else if (Numbers.isNumber(value)) {
            return Numbers.real(value) != 0;
        } else if (value instanceof String text) {
            return !text.isEmpty();
        } else if (value instanceof Markup markup) {
            return !markup.text().isEmpty();
        } else if (value instanceof Dictionary dictionary) {
            return dictionary.size() > 0;
        } else if (value instanceof Loop) {
            return true;
        }
        List<Object> elements = elementsOrNull(value);
        return elements == null || !elements.isEmpty();
    }

    /** The elements of a value that has them in memory, for a dictionary its keys; else null. */
    @SuppressWarnings("unchecked")
    private static List<Object> elementsOrNull(Object value) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        } else if (value instanceof Tuple tuple) {
            return tuple.elements();
        } else if (value instanceof View view) {
            return view.elements();
        } else if (value instanceof Range range) {
            return range.elements();
        } else if (value instanceof Dictionary dictionary) {
            return dictionary.keys();
        }
        return value instanceof Undefined ? List.of() : null;
    }

    /** The elements of a list, tuple or range, which have positions; else null. */
    @SuppressWarnings("unchecked")
    static List<Object> sequenceOrNull(Object value) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        } else if (value instanceof Tuple tuple) {
            return tuple.elements();
        }
        return value instanceof Range range ? range.elements() : null;
    }

    static boolean isIterable(Object value) {
        return value instanceof String
                || value instanceof Markup
                || value instanceof Generator
                || value instanceof Dictionary
                || value instanceof Loop
                || elementsOrNull(value) != null;
    }

    static Iterator<Object> iterate(Budget budget, Object value) {
        if (value instanceof Generator generator) {
            return generator.elements();
        } else if (value instanceof String text) {
            return text.codePoints().<Object>mapToObj(Character::toString).iterator();
        }
        List<Object> elements = elementsOrNull(value);
        if (elements == null) {
            throw new TemplateException("cannot iterate over a " + type(value) + "; a list or dictionary is needed");
        }
        budget.scan(elements.size());
        return elements.iterator();
    }

    /** {@code list(value)}. */
    static List<Object> list(Budget budget, Object value) {
        if (value instanceof String text) {
            return Texts.characters(budget, text);
        }
        List<Object> elements = elementsOrNull(value);
        if (elements != null) {
            budget.elements(elements.size());
            return new ArrayList<>(elements);
        }
        List<Object> list = new ArrayList<>();
        Iterator<Object> iterator = iterate(budget, value);
        while (iterator.hasNext()) {
            budget.elements(1);
            list.add(iterator.next());
        }
        return list;
    }

    /** {@code len(value)}; -1 for a value without a length. */
    static long lengthOrNone(Budget budget, Object value) {
        if (value instanceof String text) {
            budget.scan(text.length());
            return Texts.length(text);
        } else if (value instanceof Markup markup) {
            return Texts.length(markup.text());
        } else if (value instanceof Dictionary dictionary) {
            return dictionary.size();
        } else if (value instanceof Loop loop) {
            return loop.length(budget);
        }
        List<Object> elements = elementsOrNull(value);
        return elements == null ? -1 : elements.size();
    }

    static long length(Budget budget, Object value) {
        long length = lengthOrNone(budget, value);
        if (length < 0) {
            throw new TemplateException("a " + type(value) + " has no length");
        }
        return length;
    }

    /** The whole number in an argument of a function. */
    static long integer(String function, Object value) {
        if (!Numbers.isWhole(value)) {
            throw new TemplateException(function + " needs a whole number (was a " + type(value) + ")");
        }
        return Numbers.whole(value);
    }

    /** The string in an argument of a function. */
    static String text(String function, Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        } else if (value instanceof Markup markup) {
            return markup.text();
        } else if (value instanceof String text) {
            return text;
        }
        throw new TemplateException(function + " must be a string (was a " + type(value) + ")");
    }

    /** {@code left == right}. */
    static boolean equal(Budget budget, Object left, Object right) {
        budget.enter();
        try {
            return equalWithin(budget, left, right);
        } finally {
            budget.leave();
        }
    }

    private static boolean equalWithin(Budget budget, Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return !Numbers.isNaN(left) && !Numbers.isNaN(right) && Numbers.compare(left, right) == 0;
        } else if (left instanceof Markup || right instanceof Markup) {
            return unmarked(left) instanceof String text && text.equals(unmarked(right));
        } else if (left instanceof String text) {
            budget.scan(text.length());
            return text.equals(right);
        } else if (left instanceof List<?> && right instanceof List<?>) {
            return equalElements(budget, sequenceOrNull(left), sequenceOrNull(right));
        } else if (left instanceof Tuple a && right instanceof Tuple b) {
            return equalElements(budget, a.elements(), b.elements());
        } else if (left instanceof Range a && right instanceof Range b) {
            return equalElements(budget, a.elements(), b.elements());
        } else if (left instanceof Dictionary a && right instanceof Dictionary b) {
            return equalEntries(budget, a, b);
        } else if (left instanceof View a && right instanceof View b) {
            throw new TemplateException("comparing " + a.name() + " with " + b.name() + " is not supported");
        } else if (left instanceof Undefined) {
            return right instanceof Undefined;
        }
        return left == right || (left instanceof BoundMethod && left.equals(right));
    }

    /** Whether two elements of lists are equal: the same value is equal to itself, even NaN. */
    static boolean same(Budget budget, Object left, Object right) {
        return left == right || equal(budget, left, right);
    }

    private static boolean equalElements(Budget budget, List<Object> left, List<Object> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!same(budget, left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalEntries(Budget budget, Dictionary left, Dictionary right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Dictionary.Entry entry : left.entries()) {
            if (!right.contains(entry.key()) || !same(budget, entry.value(), right.get(entry.key(), null))) {
                return false;
            }
        }
        return true;
    }

    private static Object unmarked(Object value) {
        return value instanceof Markup markup ? markup.text() : value;
    }

    /** Whether {@code left < right}. */
    static boolean isLess(Budget budget, Object left, Object right) {
        return !isUnordered(left, right) && order(budget, left, right) < 0;
    }

    static boolean isUnordered(Object left, Object right) {
        return Numbers.isNumber(left) && Numbers.isNumber(right) && (Numbers.isNaN(left) || Numbers.isNaN(right));
    }

    /** The order of two values: negative, zero or positive. */
    static int order(Budget budget, Object left, Object right) {
        budget.enter();
        try {
            return orderWithin(budget, left, right);
        } finally {
            budget.leave();
        }
    }

    private static int orderWithin(Budget budget, Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right);
        } else if (unmarked(left) instanceof String a && unmarked(right) instanceof String b) {
            budget.scan(Math.min(a.length(), b.length()));
            return Texts.compare(a, b);
        }
        boolean lists = left instanceof List<?> && right instanceof List<?>;
        boolean tuples = left instanceof Tuple && right instanceof Tuple;
        if (lists || tuples) {
            return orderElements(budget, sequenceOrNull(left), sequenceOrNull(right));
        }
        refuseUndefined(left);
        refuseUndefined(right);
        throw new TemplateException("cannot compare a " + type(left) + " with a " + type(right));
    }

    private static int orderElements(Budget budget, List<Object> left, List<Object> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!same(budget, left.get(i), right.get(i))) {
                if (isUnordered(left.get(i), right.get(i))) {
                    throw new TemplateException("comparing lists with nan is not supported");
                }
                return order(budget, left.get(i), right.get(i));
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    static void refuseUndefined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        }
    }

    /** {@code value in container}. */
    static boolean contains(Budget budget, Object container, Object value) {
        if (container instanceof String || container instanceof Markup) {
            String text = text("in", container);
            String part = text("in", value);
            return Texts.indexOf(budget, text, part, 0) >= 0;
        } else if (container instanceof Dictionary dictionary) {
            if (!Dictionary.isKey(value) && !(value instanceof Tuple)) {
                throw new TemplateException("a " + type(value) + " cannot be a key of a dictionary");
            }
            return dictionary.contains(value);
        }
        Iterator<Object> elements = iterate(budget, container);
        while (elements.hasNext()) {
            if (same(budget, elements.next(), value)) {
                return true;
            }
        }
        return false;
    }
}
