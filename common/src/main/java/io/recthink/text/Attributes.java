package io.recthink.text;

import java.util.List;
import java.util.Set;

/** Looks up {@code value.name} and {@code value[key]} by the rules of Jinja's immutable sandbox. */
final class Attributes {
    private static final Object MISSING = new Object();

    private static final Set<String> OF_STRING = Set.of(
            "capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha"
                    .concat(
                            " isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper")
                    .concat(
                            " join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex")
                    .concat(
                            " rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate")
                    .concat(" upper zfill")
                    .split(" "));
    private static final Set<String> OF_DICTIONARY = Set.of("copy", "fromkeys", "get", "items", "keys", "values");
    private static final Set<String> OF_LIST = Set.of("copy", "count", "index");
    private static final Set<String> OF_TUPLE = Set.of("count", "index");
    private static final Set<String> OF_NUMBER = Set.of(
            "as_integer_ratio",
            "bit_count",
            "bit_length",
            "conjugate",
            "denominator",
            "from_bytes",
            "fromhex",
            "hex",
            "imag",
            "is_integer",
            "numerator",
            "real",
            "to_bytes");
    /** Attributes that exist in Jinja but are useless in a template: reading one is an error, and not undefined. */
    private static final Set<String> OF_MACRO =
            Set.of("arguments", "caller", "catch_kwargs", "catch_varargs", "explicit_caller");

    private static final Set<String> OF_GENERATOR =
            Set.of("close", "gi_code", "gi_frame", "gi_running", "gi_suspended", "gi_yieldfrom", "send", "throw");
    /** Methods that Jinja's sandbox refuses, because they change the value. */
    private static final Set<String> CHANGES_DICTIONARY = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private static final Set<String> CHANGES_LIST =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

    private Attributes() {}

    /** {@code value.name}: the attribute, else the element with this key. */
    static Object attribute(Budget budget, Object value, String name) {
        Object attribute = own(budget, value, name);
        if (attribute == MISSING) {
            attribute = element(budget, value, name);
        }
        return attribute == MISSING ? undefined(value, name) : attribute;
    }

    /** The filter {@code attr}: the attribute, never an element. */
    static Object attributeOnly(Budget budget, Object value, String name) {
        Object attribute = own(budget, value, name);
        return attribute == MISSING ? undefined(value, name) : attribute;
    }

    /** {@code value[key]}: the element with this key, else the attribute. */
    static Object item(Budget budget, Object value, Object key) {
        Object element = element(budget, value, key);
        if (element == MISSING && key instanceof String name) {
            element = own(budget, value, name);
        }
        return element == MISSING ? undefined(value, key) : element;
    }

    private static Undefined undefined(Object value, Object name) {
        String shown = name instanceof String || Numbers.isNumber(name) ? "'" + name + "'" : "such a key";
        return new Undefined("a " + Values.type(value) + " has no " + shown);
    }

    private static Object element(Budget budget, Object value, Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        } else if (value instanceof Dictionary dictionary) {
            return dictionary.get(key, MISSING);
        } else if (!Numbers.isWhole(key)) {
            return MISSING;
        } else if (value instanceof String text) {
            return character(budget, text, Numbers.whole(key));
        }
        List<Object> elements = Values.sequenceOrNull(value);
        if (elements == null) {
            return MISSING;
        }
        long index = Numbers.whole(key);
        long position = index < 0 ? index + elements.size() : index;
        return position < 0 || position >= elements.size() ? MISSING : elements.get((int) position);
    }

    private static Object character(Budget budget, String text, long index) {
        budget.scan(text.length());
        long length = Texts.length(text);
        long position = index < 0 ? index + length : index;
        if (position < 0 || position >= length) {
            return MISSING;
        }
        return Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) position)));
    }

    private static Object own(Budget budget, Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.refusal();
        } else if (value instanceof Namespace namespace) {
            return namespace.has(name) ? namespace.get(name) : MISSING;
        } else if (name.startsWith("__")) {
            return MISSING;
        } else if (value instanceof Loop loop) {
            Object attribute = loop.attribute(budget, name);
            return attribute == null && !Loop.has(name) ? MISSING : attribute;
        } else if (value instanceof Cycler cycler) {
            return cycler.has(name) ? cycler.attribute(name) : MISSING;
        } else if (value instanceof Range || value instanceof Generator || value instanceof Callable) {
            return special(value, name);
        } else if (changes(value, name)) {
            return new Undefined("method " + name + " of a " + Values.type(value)
                    + " is not available to templates: it changes the value");
        }
        return methods(value).contains(name) ? new BoundMethod(value, name) : MISSING;
    }

    private static boolean changes(Object value, String name) {
        return value instanceof Dictionary
                ? CHANGES_DICTIONARY.contains(name)
                : value instanceof List<?> && CHANGES_LIST.contains(name);
    }

    private static Set<String> methods(Object value) {
        if (value instanceof String || value instanceof Markup) {
            return OF_STRING;
        } else if (value instanceof Dictionary) {
            return OF_DICTIONARY;
        } else if (value instanceof List<?>) {
            return OF_LIST;
        } else if (value instanceof Tuple) {
            return OF_TUPLE;
        } else if (value instanceof View) {
            return Set.of("isdisjoint", "mapping");
        }
        return Numbers.isNumber(value) ? OF_NUMBER : Set.of();
    }

    private static Object special(Object value, String name) {
        if (value instanceof Range range) {
            return switch (name) {
                case "start" -> range.start();
                case "stop" -> range.stop();
                case "step" -> range.step();
                case "count", "index" -> new BoundMethod(value, name);
                default -> MISSING;
            };
        } else if (value instanceof Macro macro && name.equals("name")) {
            return macro.name();
        } else if (value instanceof BoundMethod
                || (value instanceof Macro && !OF_MACRO.contains(name))
                || (value instanceof Generator && !OF_GENERATOR.contains(name))) {
            return MISSING;
        }
        throw new TemplateException("attribute " + name + " of a " + Values.type(value) + " is not supported");
    }
}
