package io.recthink.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Python's string operations, for strings as sequences of code points. */
final class Texts {
    // The only letter with a lower case form that depends on its position in the word.
    private static final int SIGMA = '\u03a3';
    private static final char SMALL_SIGMA = '\u03c3';
    private static final char FINAL_SIGMA = '\u03c2';

    private static final char DOTTED_I = '\u0130';
    private static final char DOT_ABOVE = '\u0307';

    private static final int SHORT = 64;
    private static final int PIECE = 256;

    private Texts() {}

    /** Whether every character is a separate code point. */
    static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static long length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Each code point as a string. */
    static List<Object> characters(Budget budget, String text) {
        budget.elements(4L * text.length());
        List<Object> characters = new ArrayList<>(text.length());
        text.codePoints().forEach(character -> characters.add(Character.toString(character)));
        return characters;
    }

    /** {@code str.isspace} of one character. */
    static boolean isSpace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }

    static boolean isSpace(String text) {
        return !text.isEmpty() && endWithoutSpace(text) == 0;
    }

    static int endWithoutSpace(String text) {
        return endWithoutSpace(text, text.length());
    }

    private static int endWithoutSpace(String text, int from) {
        int end = from;
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** {@code str.strip}. Without {@code characters} it strips space. */
    static String strip(String text, String characters, boolean left, boolean right) {
        int begin = 0;
        int end = text.length();
        while (left && begin < end && isStripped(text.codePointAt(begin), characters)) {
            begin += Character.charCount(text.codePointAt(begin));
        }
        while (right && begin < end && isStripped(text.codePointBefore(end), characters)) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(begin, end);
    }

    private static boolean isStripped(int character, String characters) {
        return characters == null
                ? Character.isBmpCodePoint(character) && isSpace((char) character)
                : characters.indexOf(character) >= 0;
    }

    /**
     * Searches as {@link String#indexOf(String, int)}, whose time grows with the product of the lengths. For a long
     * part the time grows only with their sum.
     */
    static int indexOf(Budget budget, String text, String part, int from) {
        if (part.length() <= SHORT) {
            int index = text.indexOf(part, from);
            long scanned = (index < 0 ? text.length() : index) - (long) from + 1;
            budget.scan(scanned * (1 + part.length() / 8));
            return index;
        }
        budget.scan(4L * text.length());
        budget.characters(2L * part.length());
        return indexOfLong(text, part, from);
    }

    /** Searches with the algorithm of Knuth, Morris and Pratt. */
    private static int indexOfLong(String text, String part, int from) {
        int[] borders = new int[part.length()];
        for (int i = 1, border = 0; i < part.length(); i++) {
            border = extended(part, borders, border, part.charAt(i));
            borders[i] = border;
        }
        for (int i = from, matched = 0; i < text.length(); i++) {
            matched = extended(part, borders, matched, text.charAt(i));
            if (matched == part.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /** The length of the matched part after one more character. */
    private static int extended(String part, int[] borders, int matched, char next) {
        int length = matched;
        while (length > 0 && part.charAt(length) != next) {
            length = borders[length - 1];
        }
        return part.charAt(length) == next ? length + 1 : 0;
    }

    static int lastIndexOf(Budget budget, String text, String part, int from) {
        budget.scan((long) text.length() * (1 + part.length() / 8));
        return text.lastIndexOf(part, from);
    }

    /** {@code str.split} at a separator, at most {@code most} times; a negative number means no limit. */
    static List<Object> split(Budget budget, String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new TemplateException("split: empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int begin = 0;
        int end = indexOf(budget, text, separator, 0);
        while (end >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(begin, end));
            begin = end + separator.length();
            end = indexOf(budget, text, separator, begin);
        }
        parts.add(text.substring(begin));
        return parts;
    }

    /** {@code str.rsplit} at a separator. */
    static List<Object> splitFromRight(Budget budget, String text, String separator, long most) {
        if (separator.isEmpty()) {
            throw new TemplateException("rsplit: empty separator");
        }
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        int begin = lastIndexOf(budget, text, separator, end - separator.length());
        while (begin >= 0 && (most < 0 || parts.size() < most)) {
            parts.add(text.substring(begin + separator.length(), end));
            end = begin;
            begin = lastIndexOf(budget, text, separator, end - separator.length());
            begin = end < separator.length() ? -1 : begin;
        }
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    /** {@code str.split()}: at runs of space. */
    static List<Object> splitAtSpace(String text, long most) {
        List<Object> parts = new ArrayList<>();
        int begin = 0;
        while (true) {
            while (begin < text.length() && isSpace(text.charAt(begin))) {
                begin++;
            }
            if (begin == text.length()) {
                return parts;
            }
            int end = begin;
            while (end < text.length() && !isSpace(text.charAt(end))) {
                end++;
            }
            if (most >= 0 && parts.size() >= most) {
                parts.add(text.substring(begin));
                return parts;
            }
            parts.add(text.substring(begin, end));
            begin = end;
        }
    }

    /** {@code str.rsplit()}: at runs of space, from the right. */
    static List<Object> splitAtSpaceFromRight(String text, long most) {
        List<Object> parts = new ArrayList<>();
        int end = text.length();
        while (true) {
            end = endWithoutSpace(text, end);
            if (end == 0) {
                break;
            }
            int begin = end;
            while (begin > 0 && !isSpace(text.charAt(begin - 1))) {
                begin--;
            }
            if (most >= 0 && parts.size() >= most) {
                parts.add(text.substring(0, end));
                break;
            }
            parts.add(text.substring(begin, end));
            end = begin;
        }
        Collections.reverse(parts);
        return parts;
    }

    /** {@code str.splitlines}. */
    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            if ("\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029".indexOf(text.charAt(i)) >= 0) {
                int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
                lines.add(text.substring(begin, keepEnds ? end : i));
                begin = end;
                i = end - 1;
            }
        }
        if (begin < text.length()) {
            lines.add(text.substring(begin));
        }
        return lines;
    }

    /** {@code str.count}: the number of occurrences that do not overlap. */
    static long count(Budget budget, String text, String part) {
        if (part.isEmpty()) {
            return length(text) + 1;
        }
        long count = 0;
        for (int i = indexOf(budget, text, part, 0); i >= 0; i = indexOf(budget, text, part, i + part.length())) {
            count++;
        }
        return count;
    }

    /** {@code str.replace}, at most {@code most} times; a negative number means no limit. */
    static String replace(Budget budget, String text, String old, String replacement, long most) {
        budget.scan(text.length());
        long found = count(budget, text, old);
        long times = most < 0 ? found : Math.min(most, found);
        budget.characters(text.length() + times * Math.max(0, replacement.length() - old.length()));
        StringBuilder result = new StringBuilder();
        int begin = 0;
        for (long i = 0; i < times; i++) {
            // An empty part matches before every character and at the end.
            int next = old.isEmpty() && i > 0 ? text.offsetByCodePoints(begin, 1) : indexOf(budget, text, old, begin);
            result.append(text, begin, next).append(replacement);
            begin = next + old.length();
        }
        return result.append(text, begin, text.length()).toString();
    }

    static String repeat(Budget budget, String text, long times) {
        if (times <= 0 || text.isEmpty()) {
            return "";
        }
        budget.characters(times > Budget.CHARACTERS ? Long.MAX_VALUE / 2 : times * text.length());
        return text.repeat((int) times);
    }

    /** Converts long texts in pieces: Java copies the whole result whenever one letter becomes two. */
    static String upper(String text) {
        if (text.length() <= PIECE) {
            return text.toUpperCase(Locale.ROOT);
        }
        StringBuilder result = new StringBuilder(text.length());
        int begin = 0;
        while (begin < text.length()) {
            int end = Math.min(text.length(), begin + PIECE);
            end += end < text.length() && Character.isHighSurrogate(text.charAt(end - 1)) ? 1 : 0;
            result.append(text.substring(begin, end).toUpperCase(Locale.ROOT));
            begin = end;
        }
        return result.toString();
    }

    /** Converts long texts by character: for each sigma, Java searches the whole text for words. */
    static String lower(String text) {
        if (text.length() <= PIECE) {
            return text.toLowerCase(Locale.ROOT);
        }
        StringBuilder result = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int character = text.codePointAt(i);
            if (character == SIGMA) {
                result.append(isFinal(text, i) ? FINAL_SIGMA : SMALL_SIGMA);
            } else if (character == DOTTED_I) {
                result.append('i').append(DOT_ABOVE);
            } else {
                result.appendCodePoint(Character.toLowerCase(character));
            }
        }
        return result.toString();
    }

    /** Whether a sigma is at the end of a word: a letter is before it and none after it. Marks do not count. */
    private static boolean isFinal(String text, int sigma) {
        int before = sigma;
        while (before > 0 && isMark(text.codePointBefore(before))) {
            before -= Character.charCount(text.codePointBefore(before));
        }
        int after = sigma + 1;
        while (after < text.length() && isMark(text.codePointAt(after))) {
            after += Character.charCount(text.codePointAt(after));
        }
        return before > 0
                && isCased(text.codePointBefore(before))
                && (after == text.length() || !isCased(text.codePointAt(after)));
    }

    private static boolean isMark(int character) {
        int type = Character.getType(character);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT;
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return title(first)
                + lower(text).substring(lower(Character.toString(first)).length());
    }

    /** {@code str.title}: a letter that follows no letter begins a word. */
    static String title(String text) {
        StringBuilder result = new StringBuilder(text.length());
        int[] characters = text.codePoints().toArray();
        boolean inside = false;
        for (int i = 0; i < characters.length; i++) {
            int character = characters[i];
            if (inside && character == SIGMA) {
                boolean last = i + 1 == characters.length || !isCased(characters[i + 1]);
                result.append(last ? FINAL_SIGMA : SMALL_SIGMA);
            } else {
                result.append(inside ? lower(Character.toString(character)) : title(character));
            }
            inside = isCased(character);
        }
        return result.toString();
    }

    private static String title(int character) {
        int simple = Character.toTitleCase(character);
        String upper = upper(Character.toString(character));
        if (simple != character || Character.isTitleCase(character) || length(upper) == 1) {
            return Character.toString(simple);
        }
        int first = upper.offsetByCodePoints(0, 1);
        return upper.substring(0, first) + lower(upper.substring(first));
    }

    static boolean isCased(int character) {
        return Character.isUpperCase(character) || Character.isLowerCase(character) || Character.isTitleCase(character);
    }

    /** {@code str.isupper} or {@code str.islower}: the text has letters of this case and none of the other case. */
    static boolean isAll(String text, boolean upper) {
        boolean some = false;
        for (int character : text.codePoints().toArray()) {
            boolean isUpper = Character.isUpperCase(character);
            boolean isLower = Character.isLowerCase(character);
            if (Character.isTitleCase(character) || (upper ? isLower : isUpper)) {
                return false;
            }
            some |= isUpper || isLower;
        }
        return some;
    }

    /** Compares strings by code points, as Python does. */
    static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean differs = Character.isSurrogate(a) != Character.isSurrogate(b);
                return differs ? (Character.isSurrogate(a) ? 1 : -1) : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** {@code repr} of a string. */
    static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder result = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(character -> quote(character, quote, result));
        return result.append(quote).toString();
    }

    private static void quote(int character, char quote, StringBuilder result) {
        switch (character) {
            case '\n' -> result.append("\\n");
            case '\r' -> result.append("\\r");
            case '\t' -> result.append("\\t");
            case '\\' -> result.append("\\\\");
            default -> {
                if (character == quote) {
                    result.append('\\').append(quote);
                } else if (isPrintable(character)) {
                    result.appendCodePoint(character);
                } else {
                    String digits = Integer.toHexString(character);
                    int length = character < 0x100 ? 2 : character < 0x10000 ? 4 : 8;
                    result.append(length == 2 ? "\\x" : length == 4 ? "\\u" : "\\U")
                            .append("0".repeat(length - digits.length()))
                            .append(digits);
                }
            }
        }
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> true;
        };
    }
}
