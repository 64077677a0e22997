package io.recthink.spark.source;

import io.recthink.config.Problems;
import java.nio.charset.Charset;

/**
 * The section {@code source.csv}: how a file writes separated values.
 *
 * @param separator one character, or {@code tab}
 * @param quote the character around fields that contain a separator or a line end; empty: no quotes
 * @param escape the character before a quote inside a quoted field; empty: {@code prepare} detects it in the file
 */
public record CsvSettings(boolean header, String separator, String quote, String escape, String encoding) {
    void check(Problems problems) {
        problems.require(!separatorCharacter().isEmpty(), "separator", "a character, or tab", "empty");
        problems.require(quote.length() <= 1, "quote", "a character, or empty", "'" + quote + "'");
        problems.require(escape.length() <= 1, "escape", "a character, or empty", "'" + escape + "'");
        problems.require(isCharset(encoding), "encoding", "a character set such as UTF-8 or ISO-8859-1", encoding);
    }

    /** Returns the separator character. */
    public String separatorCharacter() {
        return separator.equals("tab") || separator.equals("\\t") ? "\t" : separator;
    }

    private static boolean isCharset(String name) {
        try {
            return Charset.isSupported(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
