package io.recthink.spark.source;

import io.recthink.config.Problems;
import java.nio.charset.Charset;

/**
 * How separated values are written.
 *
 * @param separator one character, or {@code tab}
 * @param quote around fields that hold a separator or a line end; empty: none
 * @param escape before a quote inside such a field; empty: as the file has it
 */
public record CsvSettings(boolean header, String separator, String quote, String escape, String encoding) {
    void check(Problems problems) {
        problems.require(!separatorCharacter().isEmpty(), "separator", "a character, or tab", "empty");
        problems.require(quote.length() <= 1, "quote", "a character, or empty", "'" + quote + "'");
        problems.require(escape.length() <= 1, "escape", "a character, or empty", "'" + escape + "'");
        problems.require(isCharset(encoding), "encoding", "a character set such as UTF-8 or ISO-8859-1", encoding);
    }

    /** The separator itself. */
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
