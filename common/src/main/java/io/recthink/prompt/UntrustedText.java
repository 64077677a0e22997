package io.recthink.prompt;

import java.util.regex.Pattern;

/**
 * Text of users and shops on its way into a prompt. It comes out as one line without control characters, and nothing
 * that reads as a tag is left in it: neither a tag of the output grammar nor a special token of a chat template, such
 * as {@code <|im_end|>}. So no review can end the user's turn or forge an answer.
 */
final class UntrustedText {
    // Directional marks, zero-width characters and the like hide text; the two joiners are part of emoji and of words.
    private static final Pattern HIDDEN = Pattern.compile("[\\p{Cf}\\p{Cs}\\x{FFFD}&&[^\\u200C\\u200D]]");
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cc}\\p{Z}]+");
    private static final Pattern TAG = Pattern.compile("<([^<>\\s0-9][^<>]*)>");
    private static final Pattern OPEN = Pattern.compile("<(?![\\s0-9])");

    private UntrustedText() {}

    /** The text on one line, with angle brackets of tags replaced by parentheses. */
    static String oneLine(String text) {
        String visible = HIDDEN.matcher(text).replaceAll("");
        String line = BLANKS.matcher(visible).replaceAll(" ").strip();
        return OPEN.matcher(TAG.matcher(line).replaceAll("($1)")).replaceAll("(");
    }

    /** The same, cut to at most {@code characters} Unicode characters. */
    static String oneLine(String text, int characters) {
        String line = oneLine(text);
        if (line.codePointCount(0, line.length()) <= characters) {
            return line;
        }
        // Cut first and clean again: a cut may leave an open bracket at the end.
        return oneLine(line.substring(0, line.offsetByCodePoints(0, characters)));
    }
}
