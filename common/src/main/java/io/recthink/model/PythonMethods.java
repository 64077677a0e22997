package io.recthink.model;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The methods of Python's {@code str} and {@code dict} that chat templates call, by Python's rules. */
final class PythonMethods {
    private PythonMethods() {}

    static Object ofString(String text, String method, Object... arguments) {
        return switch (method) {
            case "strip" -> strip(text, arguments, true, true);
            case "lstrip" -> strip(text, arguments, true, false);
            case "rstrip" -> strip(text, arguments, false, true);
            case "split" -> split(text, arguments);
            case "startswith" -> text.startsWith(string(method, arguments, 0));
            case "endswith" -> text.endsWith(string(method, arguments, 0));
            case "replace" -> replace(text, arguments);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> title(text);
            case "capitalize" -> capitalize(text);
            case "find" -> find(text, string(method, arguments, 0));
            case "count" -> count(text, string(method, arguments, 0));
            case "join" -> join(text, arguments);
            default -> throw unknown("string", method);
        };
    }

    static Object ofDictionary(Map<?, ?> map, String method, Object... arguments) {
        return switch (method) {
            case "items" -> new ArrayList<>(map.entrySet());
            case "keys" -> new ArrayList<>(map.keySet());
            case "values" -> new ArrayList<>(map.values());
            case "get" -> get(map, arguments);
            default -> throw unknown("dictionary", method);
        };
    }

    private static Object get(Map<?, ?> map, Object... arguments) {
        Object value = map.get(string("get", arguments, 0));
        return value == null && arguments.length > 1 ? arguments[1] : value;
    }

    private static String strip(String text, Object[] arguments, boolean left, boolean right) {
        String characters = arguments.length == 0 || arguments[0] == null ? null : string("strip", arguments, 0);
        int begin = 0;
        int end = text.length();
        while (left && begin < end && stripped(text.charAt(begin), characters)) {
            begin++;
        }
        while (right && begin < end && stripped(text.charAt(end - 1), characters)) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static boolean stripped(char character, String characters) {
        return characters == null ? isSpace(character) : characters.indexOf(character) >= 0;
    }

    /** {@code str.isspace}: Java leaves out the non-breaking spaces and the next-line control. */
    static boolean isSpace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }

    private static List<String> split(String text, Object... arguments) {
        int most = arguments.length > 1 ? ((Number) arguments[1]).intValue() : -1;
        if (arguments.length == 0 || arguments[0] == null) {
            return splitAtSpace(text);
        }
        String separator = string("split", arguments, 0);
        if (separator.isEmpty()) {
            throw new InvalidInputException("split: empty separator");
        }
        List<String> parts = new ArrayList<>();
        int begin = 0;
        int end = text.indexOf(separator);
        while (end >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(begin, end));
            begin = end + separator.length();
            end = text.indexOf(separator, begin);
        }
        parts.add(text.substring(begin));
        return parts;
    }

    private static List<String> splitAtSpace(String text) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i <= text.length(); i++) {
            char character = i < text.length() ? text.charAt(i) : ' ';
            if (!isSpace(character)) {
                part.append(character);
            } else if (part.length() > 0) {
                parts.add(part.toString());
                part.setLength(0);
            }
        }
        return parts;
    }

    private static String replace(String text, Object... arguments) {
        if (arguments.length != 2) {
            throw new InvalidInputException("replace: two arguments are supported");
        }
        return text.replace(string("replace", arguments, 0), string("replace", arguments, 1));
    }

    private static String title(String text) {
        StringBuilder result = new StringBuilder(text.length());
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            result.append(inside ? Character.toLowerCase(character) : Character.toTitleCase(character));
            inside = Character.isLetter(character);
        }
        return result.toString();
    }

    private static String capitalize(String text) {
        return text.isEmpty()
                ? text
                : Character.toTitleCase(text.charAt(0)) + text.substring(1).toLowerCase(Locale.ROOT);
    }

    private static long find(String text, String part) {
        int index = text.indexOf(part);
        return index < 0 ? -1 : text.codePointCount(0, index);
    }

    private static long count(String text, String part) {
        return part.isEmpty()
                ? text.codePointCount(0, text.length()) + 1
                : split(text, part).size() - 1;
    }

    private static String join(String separator, Object... arguments) {
        if (arguments.length == 1 && arguments[0] instanceof Iterable<?> parts) {
            List<String> texts = new ArrayList<>();
            parts.forEach(part -> texts.add(Objects.toString(part)));
            return String.join(separator, texts);
        }
        throw new InvalidInputException("join: a list is needed (was " + Arrays.toString(arguments) + ")");
    }

    private static String string(String method, Object[] arguments, int index) {
        if (index >= arguments.length || arguments[index] == null) {
            throw new InvalidInputException(method + ": argument " + (index + 1) + " is missing");
        }
        return arguments[index].toString();
    }

    private static InvalidInputException unknown(String type, String method) {
        return new InvalidInputException("method " + method + " of a " + type + " is not available to templates");
    }
}
