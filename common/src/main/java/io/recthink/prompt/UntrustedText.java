package io.recthink.prompt;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Text of users and shops on its way into a prompt. It comes out as one line without HTML and control characters, and nothing
 * that reads as a tag is left in it: neither a tag of the output grammar nor a special token of a chat template, such
 * as {@code <|im_end|>}, not in other case or width, behind blanks or as an HTML entity either. So no review can end the
 * user's turn or forge an answer.
 */
final class UntrustedText {
    // Directional marks, zero-width characters and the like hide text; the two joiners are part of emoji and of words.
    // Noncharacters are nobody's text: they mark this text inside the program.
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

    /** Takes the brackets from tags of the grammar that stand apart from them, as in {@code < / rate >}. */
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
