package io.recthink.spark.source;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.unix_micros;

import io.recthink.InvalidInputException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Counts the unusable rows of a table of a log, by reason.
 *
 * @param read the number of all rows, at least 1
 * @param reasons the number of unusable rows by reason, the most frequent first
 * @param latest the latest time of a usable row; empty if rows have no time
 */
public record Quarantine(long read, Map<String, Long> reasons, Optional<Instant> latest) {
    /**
     * Counts the unusable rows of a table.
     *
     * @param key the setting that names the table, for messages
     * @param path the path of the table, for messages
     * @param rows as {@link LogReader} returns them
     * @param source contains the highest accepted share of unusable rows
     * @throws InvalidInputException when there are no rows, when no row is usable, or when too many rows are unusable
     */
    public static Quarantine of(String key, String path, Dataset<Row> rows, SourceSettings source) {
        boolean timed = List.of(rows.columns()).contains("time");
        List<Row> counts = rows.groupBy("reason")
                .agg(
                        count(lit(1)).as("rows"),
                        timed
                                ? unix_micros(max("time")).as("latest")
                                : lit(null).cast("long").as("latest"))
                .collectAsList();
        long read = counts.stream().mapToLong(row -> row.<Long>getAs("rows")).sum();
        Map<String, Long> reasons = new LinkedHashMap<>();
        counts.stream()
                .filter(row -> !row.isNullAt(0))
                .sorted(Comparator.<Row, Long>comparing(row -> -row.<Long>getAs("rows"))
                        .thenComparing(row -> row.getString(0)))
                .forEach(row -> reasons.put(row.getString(0), row.getAs("rows")));
        Optional<Instant> latest = counts.stream()
                .filter(row -> row.isNullAt(0) && row.getAs("latest") != null)
                .map(row -> Instant.EPOCH.plus(row.<Long>getAs("latest"), ChronoUnit.MICROS))
                .findFirst();
        if (read == 0) {
            String filter =
                    source.filter().isBlank() ? "" : " where source.filter '%s' is true".formatted(source.filter());
            throw new InvalidInputException(
                    "%s: %s contains no rows%s; prepare needs a log with rows".formatted(key, path, filter));
        }
        Quarantine quarantine = new Quarantine(read, reasons, latest);
        quarantine.refuseAbove(key, path, source);
        return quarantine;
    }

    /**
     * Returns this quarantine with more unusable rows.
     *
     * @param more the number of rows by reason
     * @throws InvalidInputException when too many rows are unusable now
     */
    public Quarantine with(Map<String, Long> more, String path, SourceSettings source) {
        Map<String, Long> all = new LinkedHashMap<>(reasons);
        more.forEach((reason, rows) -> all.merge(reason, rows, Long::sum));
        Quarantine quarantine = new Quarantine(read, all, latest);
        quarantine.refuseAbove("source.reviews", path, source);
        return quarantine;
    }

    /** Returns the number of usable rows. */
    public long usable() {
        return read - reasons.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the reasons with their counts as text. */
    private String words() {
        return reasons.entrySet().stream()
                .map(reason -> reason.getKey() + " " + reason.getValue())
                .collect(Collectors.joining(", "));
    }

    private void refuseAbove(String key, String path, SourceSettings source) {
        long unusable = read - usable();
        if (usable() == 0 || unusable > source.maxQuarantineShare() * read) {
            String remedies = reasons.keySet().stream()
                    .flatMap(reason -> Reason.remedy(reason, source, LogReader.columns(source)).stream())
                    .distinct()
                    .collect(Collectors.joining("; "));
            throw new InvalidInputException(
                    "%s: %d of %d rows of %s cannot be used (%s), more than source.maxQuarantineShare %s; %s"
                            .formatted(
                                    key,
                                    unusable,
                                    read,
                                    path,
                                    words(),
                                    source.maxQuarantineShare(),
                                    remedies.isEmpty() ? "repair the log or correct source.columns" : remedies));
        }
    }
}
