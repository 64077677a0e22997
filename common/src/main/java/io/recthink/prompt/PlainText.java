package io.recthink.prompt;

import java.nio.charset.Charset;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.text.translate.AggregateTranslator;
import org.apache.commons.text.translate.CharSequenceTranslator;
import org.apache.commons.text.translate.EntityArrays;
import org.apache.commons.text.translate.LookupTranslator;

/**
 * Removes HTML from the texts of shops; many logs contain HTML. Tags of blocks and line breaks become a blank, other
 * HTML tags disappear, and entities become their characters. Text that only looks like a tag, {@code a < b} or
 * {@code <rate>}, stays. Tables keep the text of the log; a text is cleaned when a prompt, a document or a teacher uses
 * it.
 */
public final class PlainText {
    private static final int MOST_ROUNDS = 3; // a shop that escapes its text twice writes &amp;quot;

    private static final int LONGEST = 100_000; // characters; no prompt shows a text as long

    private static final Pattern HIDDEN = Pattern.compile("(?i)<(?:!--|!doctype\\b[^<>]*>|(script|style)\\b[^<>]*>)");
    private static final Pattern INLINE = Pattern.compile(
            "(?i)</?(?:a|abbr|b|bdi|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr)(?:\\s[^<>]*)?/?>");
    private static final Pattern BLOCK = Pattern.compile(
            "(?i)</?(?:address|article|aside|audio|blockquote|body|br|button|caption|center|col|colgroup|dd|details|div|dl|dt|embed|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|iframe|img|input|label|legend|li|link|main|meta|nav|object|ol|optgroup|option|p|param|picture|pre|script|section|select|source|style|summary|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul|video)(?:\\s[^<>]*)?/?>");
    private static final Pattern NUMBER = Pattern.compile("&#(?:[xX]([0-9a-fA-F]{1,7})|([0-9]{1,8}));?");
    private static final CharSequenceTranslator NAMES = new AggregateTranslator(
            new LookupTranslator(EntityArrays.BASIC_UNESCAPE),
            new LookupTranslator(EntityArrays.ISO8859_1_UNESCAPE),
            new LookupTranslator(EntityArrays.HTML40_EXTENDED_UNESCAPE),
            new LookupTranslator(Map.of("&apos;", "'")));
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    private PlainText() {}

    /** Whether a text contains HTML; only its first {@value #LONGEST} characters count. */
    public static boolean hasHtml(String text) {
        String head = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        return !of(head).equals(head);
    }

    /** The text without HTML. A longer text is cut after {@value #LONGEST} characters. */
    public static String of(String text) {
        String plain = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            if (plain.indexOf('&') < 0 && plain.indexOf('<') < 0) {
                return plain;
            }
            String before = plain;
            plain = characters(withoutTags(before));
            if (plain.equals(before)) {
                return plain;
            }
        }
        return plain;
    }

    private static String withoutTags(String text) {
        if (text.indexOf('<') < 0) {
            return text;
        }
        String visible = withoutHidden(text);
        return INLINE.matcher(BLOCK.matcher(visible).replaceAll(" ")).replaceAll("");
    }

    /**
     * Replaces each comment, doctype, script and style by a blank. An unclosed one stays; its closing tag is searched
     * only once, which keeps the time linear.
     */
    private static String withoutHidden(String text) {
        Matcher hidden = HIDDEN.matcher(text);
        StringBuilder visible = new StringBuilder();
        String lower = null;
        Set<String> unclosed = new HashSet<>();
        int from = 0;
        int at = 0;
        while (hidden.find(at)) {
            at = hidden.end();
            lower = lower == null ? text.toLowerCase(Locale.ROOT) : lower;
            String close = hidden.group(1) != null
                    ? "</" + hidden.group(1).toLowerCase(Locale.ROOT) + ">"
                    : hidden.group().startsWith("<!--") ? "-->" : "";
            int end = unclosed.contains(close) ? -1 : lower.indexOf(close, at);
            if (end < 0 || lower.length() != text.length()) {
                unclosed.add(close);
            } else {
                visible.append(text, from, hidden.start()).append(' ');
                from = end + close.length();
                at = from;
            }
        }
        return visible.append(text, from, text.length()).toString();
    }

    private static String characters(String text) {
        return text.indexOf('&') < 0
                ? text
                : NAMES.translate(NUMBER.matcher(text).replaceAll(PlainText::character));
    }

    private static String character(MatchResult number) {
        int code = number.group(1) == null ? Integer.parseInt(number.group(2)) : Integer.parseInt(number.group(1), 16);
        if (code >= 0x80 && code < 0xA0) {
            // Browsers read these numbers as characters of windows-1252.
            return new String(new byte[] {(byte) code}, WINDOWS);
        }
        boolean isCharacter = Character.isValidCodePoint(code) && (code < 0xD800 || code > 0xDFFF) && code != 0;
        return Matcher.quoteReplacement(isCharacter ? Character.toString(code) : number.group());
    }
}
