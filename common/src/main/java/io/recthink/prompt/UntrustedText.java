package io.recthink.prompt;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cleans texts of users and shops for a prompt. The result is one line without HTML, control characters and text that
 * reads as a tag. Tags are the tags of the output grammar and the special tokens of chat templates, for example
 * {@code <|im_end|>}. Tags in other case or width, with blanks or as HTML entities count too. So no review can end the
 * user's turn or forge an answer.
 */
final class UntrustedText {
    // Directional marks, zero-width characters and similar characters hide text; the two joiners are part of emoji and
    // of words. Noncharacters are not text: UntrustedRegions uses them as marks.
    private static final Pattern HIDDEN =
            Pattern.compile("[\\p{Cf}\\p{Cs}\\x{FFFD}\\x{FDD0}-\\x{FDEF}&&[^\\u200C\\u200D]]");
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Cc}\\p{Z}]+");
    private static final Pattern LESS =
            Pattern.compile("[\\uFF1C\\uFE64]|&(?:lt|#0*60|#[xX]0*3[cC]);?", Pattern.CASE_INSENSITIVE);
    private static final Pattern GREATER =
            Pattern.compile("[\\uFF1E\\uFE65]|&(?:gt|#0*62|#[xX]0*3[eE]);?", Pattern.CASE_INSENSITIVE);
    private static final Pattern BRACKETED = Pattern.compile("<([^<>]*)>");
    private static final Pattern NO_LETTER = Pattern.compile("[^\\p{L}]");
    private static final Set<String> NAMES =
            Stream.of(Block.values()).map(block -> letters(block.open())).collect(Collectors.toSet());
    private static final Pattern TAG = Pattern.compile("<([^<>\\s0-9][^<>]*)>");
    private static final Pattern OPEN = Pattern.compile("<(?![\\s0-9])");

    private UntrustedText() {}

    /** The text on one line, with angle brackets of tags replaced by parentheses. */
    static String oneLine(String text) {
        String visible = HIDDEN.matcher(PlainText.of(text)).replaceAll("");
        String line = BLANKS.matcher(visible).replaceAll(" ").strip();
        String bracketed = GREATER.matcher(LESS.matcher(line).replaceAll("<")).replaceAll(">");
        String untagged = TAG.matcher(withoutDistantTags(bracketed)).replaceAll("($1)");
        return OPEN.matcher(untagged).replaceAll("(");
    }

    /** Replaces the brackets of grammar tags that contain blanks, as in {@code < / rate >}, by parentheses. */
    private static String withoutDistantTags(String text) {
        return BRACKETED
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        NAMES.contains(letters(found.group(1))) ? "(" + found.group(1) + ")" : found.group()));
    }

    private static String letters(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return NO_LETTER.matcher(plain).replaceAll("");
    }

    /** The text on one line, as {@link #oneLine(String)}, cut to at most {@code characters} Unicode characters. */
    static String oneLine(String text, int characters) {
        String line = oneLine(text);
        if (line.codePointCount(0, line.length()) <= characters) {
            return line;
        }
        // A cut may leave an open bracket at the end, so the text is cleaned again.
        return oneLine(line.substring(0, line.offsetByCodePoints(0, characters)));
    }
}
