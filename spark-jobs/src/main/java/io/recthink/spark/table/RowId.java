package io.recthink.spark.table;

import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.spark.sql.Column;

/**
 * The permanent id of a row: the first {@value #LENGTH} hexadecimal digits (80 bits) of a SHA-256. The hashed text
 * joins the data set's name, the user, the item and the time in whole seconds since 1970. The separator is U+001F, the
 * encoding UTF-8. The id depends on nothing else: the same review has the same id on every machine and in every run.
 */
public final class RowId {
    static final int LENGTH = 20;
    private static final String SEPARATOR = "\u001f";

    private RowId() {}

    /** The id of one row. */
    public static String of(String dataset, String user, String item, long epochSeconds) {
        String name = String.join(SEPARATOR, dataset, user, item, Long.toString(epochSeconds));
        byte[] digest = sha256().digest(name.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest).substring(0, LENGTH);
    }

    /**
     * The id as a column expression.
     *
     * @param user a string column without nulls
     * @param item a string column without nulls
     * @param time a timestamp column without nulls; fractions of a second are ignored
     */
    public static Column column(String dataset, Column user, Column item, Column time) {
        Column name = concat_ws(SEPARATOR, lit(dataset), user, item, time.cast("long"));
        return substring(sha2(name.cast("binary"), 256), 1, LENGTH);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
