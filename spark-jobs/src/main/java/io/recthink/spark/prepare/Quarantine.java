package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many rows of a log cannot be used, and why.
 *
 * @param read rows in all, at least 1
 * @param reasons unusable rows by reason, the most frequent first
 */
record Quarantine(long read, Map<String, Long> reasons) {
    /**
     * Counts the unusable rows.
     *
     * @param rows as {@link LogReader#reviews} gives them
     * @param path where they came from, for messages
     * @param maxShare the share of unusable rows that is still accepted
     * @throws InvalidInputException when there are no rows, none is usable, or too many are not
     */
    static Quarantine of(Dataset<Row> rows, String path, double maxShare) {
        long read = 0;
        Map<String, Long> reasons = new LinkedHashMap<>();
        for (Row row : counts(rows, path)) {
            read += row.getLong(1);
            if (!row.isNullAt(0)) {
                reasons.put(row.getString(0), row.getLong(1));
            }
        }
        if (read == 0) {
            throw new InvalidInputException(
                    "source.reviews: %s holds no rows; prepare needs a log with reviews".formatted(path));
        }
        Quarantine quarantine = new Quarantine(read, reasons);
        quarantine.refuseAbove(maxShare, path);
        return quarantine;
    }

    private static List<Row> counts(Dataset<Row> rows, String path) {
        return firstRead("source.reviews", path, () -> rows.groupBy("reason")
                .count()
                .orderBy(col("count").desc(), col("reason"))
                .collectAsList());
    }

    /**
     * Reads a table for the first time: files that cannot be read are found here.
     *
     * @throws InvalidInputException naming the table when one of its files cannot be read
     */
    static <T> T firstRead(String key, String path, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (Exception e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException) {
                    throw new InvalidInputException(
                            "%s: %s cannot be read: %s; is a file damaged or incomplete?"
                                    .formatted(key, path, cause.getMessage()),
                            e);
                }
            }
            throw e;
        }
    }

    /**
     * The same with more unusable rows.
     *
     * @param more by reason
     * @throws InvalidInputException when there are too many now
     */
    Quarantine with(Map<String, Long> more, String path, double maxShare) {
        Map<String, Long> all = new LinkedHashMap<>(reasons);
        more.forEach((reason, rows) -> all.merge(reason, rows, Long::sum));
        Quarantine quarantine = new Quarantine(read, all);
        quarantine.refuseAbove(maxShare, path);
        return quarantine;
    }

    long usable() {
        return read - reasons.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The reasons with their counts, as words. */
    String words() {
        return reasons.entrySet().stream()
                .map(reason -> reason.getKey() + " " + reason.getValue())
                .collect(Collectors.joining(", "));
    }

    private void refuseAbove(double maxShare, String path) {
        long unusable = read - usable();
        if (usable() == 0 || unusable > maxShare * read) {
            throw new InvalidInputException(
                    ("source.reviews: %d of %d rows of %s cannot be used (%s), more than source.maxQuarantineShare %s;"
                                    + " mend the log, source.columns or the scale source.minRating to source.maxRating")
                            .formatted(unusable, read, path, words(), maxShare));
        }
    }
}
