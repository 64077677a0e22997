package io.recthink.text;

import io.recthink.text.Arguments.Bound;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** The methods of Python's {@code str}. */
final class StringMethods {
    private StringMethods() {}

    static Object call(Budget budget, String text, String name, Arguments arguments) {
        budget.scan(text.length());
        return switch (name) {
            case "strip" -> strip(budget, text, name, arguments, true, true);
            case "lstrip" -> strip(budget, text, name, arguments, true, false);
            case "rstrip" -> strip(budget, text, name, arguments, false, true);
            case "split", "rsplit" -> split(budget, text, name, arguments);
            case "splitlines" -> lines(budget, text, arguments);
            case "partition", "rpartition" -> partition(budget, text, name, arguments);
            case "join" -> join(budget, text, arguments);
            case "replace" -> replace(budget, text, arguments);
            case "removeprefix", "removesuffix" -> remove(budget, text, name, arguments);
            case "startswith", "endswith" -> isAtEnd(text, name, arguments);
            case "find", "rfind", "index", "rindex", "count" -> find(budget, text, name, arguments);
            case "center", "ljust", "rjust", "zfill" -> justify(budget, text, name, arguments);
            case "format" -> BraceFormat.format(budget, text, arguments);
            default -> withoutArguments(budget, text, name, arguments);
        };
    }

    private static Object withoutArguments(Budget budget, String text, String name, Arguments arguments) {
        arguments.bindPositional(name);
        budget.characters(text.length());
        budget.scan(16L * text.length());
        return switch (name) {
            case "upper" -> Texts.upper(text);
            case "lower" -> Texts.lower(text);
            case "title" -> Texts.title(text);
            case "capitalize" -> Texts.capitalize(text);
            case "isspace" -> Texts.isSpace(text);
            case "isupper" -> Texts.isAll(text, true);
            case "islower" -> Texts.isAll(text, false);
            case "isdigit" -> isAll(text, StringMethods::isDigit);
            case "isdecimal" -> isAll(text, Character::isDigit);
            case "isalnum" -> isAll(text, StringMethods::isAlphanumeric);
            case "isalpha" -> isAll(text, Character::isLetter);
            case "isascii" -> text.chars().allMatch(character -> character < 0x80);
            default -> throw new TemplateException("method " + name + " of a string is not available to templates");
        };
    }

    private static boolean isAll(String text, java.util.function.IntPredicate predicate) {
        return !text.isEmpty() && text.codePoints().allMatch(predicate);
    }

    private static boolean isAlphanumeric(int character) {
        int type = Character.getType(character);
        return Character.isLetterOrDigit(character)
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static boolean isDigit(int character) {
        if (Character.getType(character) == Character.OTHER_NUMBER) {
            throw new TemplateException("isdigit of '" + Character.toString(character) + "' is not supported");
        }
        return Character.isDigit(character);
    }

    private static String strip(
            Budget budget, String text, String name, Arguments arguments, boolean left, boolean right) {
        Object characters = arguments.bindPositional(name, "characters").get("characters", null);
        budget.characters(text.length());
        return Texts.strip(text, characters == null ? null : Values.text(name, characters), left, right);
    }

    private static List<Object> split(Budget budget, String text, String name, Arguments arguments) {
        Bound bound = arguments.bind(name, "sep", "maxsplit");
        Object separator = bound.get("sep", null);
        long most = bound.integer("maxsplit", -1);
        boolean right = name.equals("rsplit");
        budget.characters(text.length());
        List<Object> parts;
        if (separator == null) {
            budget.elements(text.length() / 2);
            parts = right ? Texts.splitAtSpaceFromRight(text, most) : Texts.splitAtSpace(text, most);
        } else {
            String part = Values.text(name, separator);
            budget.elements(part.isEmpty() ? 0 : Texts.count(budget, text, part) * 4);
            parts = right ? Texts.splitFromRight(budget, text, part, most) : Texts.split(budget, text, part, most);
        }
        return parts;
    }

    private static List<Object> lines(Budget budget, String text, Arguments arguments) {
        budget.elements(text.length());
        return Texts.lines(text, arguments.bind("splitlines", "keepends").truth("keepends"));
    }

    private static Tuple partition(Budget budget, String text, String name, Arguments arguments) {
        String separator = arguments.bindPositional(name, "sep").text("sep");
        if (separator.isEmpty()) {
            throw new TemplateException(name + ": empty separator");
        }
        budget.characters(text.length());
        boolean first = name.equals("partition");
        int index = first
                ? Texts.indexOf(budget, text, separator, 0)
                : Texts.lastIndexOf(budget, text, separator, text.length());
        if (index < 0) {
            return first ? Tuple.of(text, "", "") : Tuple.of("", "", text);
        }
        return Tuple.of(text.substring(0, index), separator, text.substring(index + separator.length()));
    }

    private static String join(Budget budget, String separator, Arguments arguments) {
        Iterator<Object> parts =
                Values.iterate(budget, arguments.bindPositional("join", "parts").required("parts"));
        StringBuilder result = new StringBuilder();
        boolean first = true;
        while (parts.hasNext()) {
            String part = Values.text("join", parts.next());
            budget.characters((long) part.length() + separator.length());
            result.append(first ? "" : separator).append(part);
            first = false;
        }
        return result.toString();
    }

    private static String replace(Budget budget, String text, Arguments arguments) {
        Bound bound = arguments.bindPositional("replace", "old", "new", "count");
        return Texts.replace(budget, text, bound.text("old"), bound.text("new"), bound.integer("count", -1));
    }

    private static String remove(Budget budget, String text, String name, Arguments arguments) {
        String part = arguments.bindPositional(name, "part").text("part");
        budget.characters(text.length());
        if (name.equals("removeprefix")) {
            return text.startsWith(part) ? text.substring(part.length()) : text;
        }
        return text.endsWith(part) ? text.substring(0, text.length() - part.length()) : text;
    }

    private static boolean isAtEnd(String text, String name, Arguments arguments) {
        Bound bound = arguments.bindPositional(name, "part", "start", "end");
        Object part = bound.required("part");
        List<Object> parts = part instanceof Tuple tuple ? tuple.elements() : Arrays.asList(part);
        String within = within(text, bound);
        for (Object candidate : parts) {
            String candidateText = Values.text(name, candidate);
            if (within != null
                    && (name.equals("startswith")
                            ? within.startsWith(candidateText)
                            : within.endsWith(candidateText))) {
                return true;
            }
        }
        return false;
    }

    /** The text between the arguments start and end; null when start is after end. */
    private static String within(String text, Bound bound) {
        if (!bound.has("start") && !bound.has("end")) {
            return text;
        }
        long length = Texts.length(text);
        long begin = position(bound.get("start", null), 0, length);
        long end = Math.min(length, position(bound.get("end", null), length, length));
        return begin > end
                ? null
                : text.substring(text.offsetByCodePoints(0, (int) begin), text.offsetByCodePoints(0, (int) end));
    }

    private static long position(Object value, long otherwise, long length) {
        if (value == null) {
            return otherwise;
        }
        long position = Values.integer("a position in a string", value);
        return position < 0 ? Math.max(0, position + length) : position;
    }

    private static Object find(Budget budget, String text, String name, Arguments arguments) {
        Bound bound = arguments.bindPositional(name, "part", "start", "end");
        String part = bound.text("part");
        String within = within(text, bound);
        if (name.equals("count")) {
            return within == null ? 0L : Texts.count(budget, within, part);
        }
        int index = within == null
                ? -1
                : name.startsWith("r")
                        ? Texts.lastIndexOf(budget, within, part, within.length())
                        : Texts.indexOf(budget, within, part, 0);
        if (index < 0 && name.endsWith("index")) {
            throw new TemplateException(name + ": substring not found");
        } else if (index < 0) {
            return -1L;
        }
        return position(bound.get("start", null), 0, Texts.length(text)) + within.codePointCount(0, index);
    }

    private static String justify(Budget budget, String text, String name, Arguments arguments) {
        Bound bound = name.equals("zfill")
                ? arguments.bindPositional(name, "width")
                : arguments.bindPositional(name, "width", "fill");
        String fill = name.equals("zfill") ? "0" : bound.text("fill", " ");
        if (Texts.length(fill) != 1) {
            throw new TemplateException(name + ": the fill must be one character");
        }
        bound.required("width");
        long missing = bound.integer("width", 0) - Texts.length(text);
        if (missing <= 0) {
            return text;
        }
        budget.characters(text.length());
        long left =
                switch (name) {
                    case "ljust" -> 0;
                    case "center" -> missing / 2 + (missing & bound.integer("width", 0) & 1);
                    default -> missing;
                };
        int sign = name.equals("zfill") && !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
        return text.substring(0, sign)
                + Texts.repeat(budget, fill, left)
                + text.substring(sign)
                + Texts.repeat(budget, fill, missing - left);
    }
}
