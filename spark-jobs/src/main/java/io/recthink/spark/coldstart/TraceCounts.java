package io.recthink.spark.coldstart;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.recthink.prompt.RatingText;
import io.recthink.spark.files.StateFile;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What became of the rows and the answers of a warm start: the file {@code _checks.json} beside the traces.
 *
 * @param format number of the format
 * @param rows the rows, by true rating
 * @param answers the answers, by purpose and true rating
 */
record TraceCounts(@JsonProperty(StateFile.FORMAT_KEY) int format, List<Rows> rows, List<Answers> answers) {
    private static final String ACCEPTED = "accepted";

    /**
     * The rows with one true rating.
     *
     * @param truth the true rating
     * @param rows the rows that the teacher was asked about
     * @param traces the rows with a trace, by its kind
     * @param dropped the rows without a trace
     */
    record Rows(double truth, long rows, Map<String, Long> traces, long dropped) {
        private String words() {
            String kinds = traces.entrySet().stream()
                    .map(kind -> "%d %s, ".formatted(kind.getValue(), kind.getKey()))
                    .collect(Collectors.joining());
            return "truth %s: %d rows, %s%d dropped".formatted(RatingText.of(truth), rows, kinds, dropped);
        }
    }

    /**
     * The answers for one purpose about rows with one true rating.
     *
     * @param accepted usable answers
     * @param rejected the others, by reason
     */
    record Answers(String purpose, double truth, long accepted, Map<String, Long> rejected) {
        private String words() {
            String reasons = rejected.entrySet().stream()
                    .map(reason -> ", %d %s".formatted(reason.getValue(), reason.getKey()))
                    .collect(Collectors.joining());
            return "%s, truth %s: %d usable%s".formatted(purpose, RatingText.of(truth), accepted, reasons);
        }
    }

    /**
     * Counts. Their number depends on the ratings of the scale, not on the log.
     *
     * @param chosen the rows that the teacher was asked about
     * @param answers as {@link TraceRecipe#answers}
     * @param traces as {@link TraceRecipe#traces}
     */
    static TraceCounts of(Dataset<Row> chosen, Dataset<Row> answers, Dataset<Row> traces) {
        List<Row> kinds = chosen.select("rowId", "truth")
                .join(traces.select("rowId", "kind"), new String[] {"rowId"}, "left")
                .groupBy("truth", "kind")
                .agg(count(lit(1)))
                .collectAsList();
        Map<Double, Map<String, Long>> byTruth = new TreeMap<>();
        kinds.forEach(row -> byTruth.computeIfAbsent(row.getDouble(0), truth -> new TreeMap<>())
                .put(row.isNullAt(1) ? "" : row.getString(1), row.getLong(2)));
        List<Rows> rows = byTruth.entrySet().stream()
                .map(entry -> {
                    Map<String, Long> found = new TreeMap<>(entry.getValue());
                    long all =
                            found.values().stream().mapToLong(Long::longValue).sum();
                    Long dropped = found.remove("");
                    return new Rows(entry.getKey(), all, found, dropped == null ? 0 : dropped);
                })
                .toList();
        Map<String, Map<Double, Map<String, Long>>> reasons = new TreeMap<>(Comparator.reverseOrder());
        answers.groupBy(col("purpose"), col("truth"), coalesce(col("rejection"), lit(ACCEPTED)))
                .agg(count(lit(1)))
                .collectAsList()
                .forEach(row -> reasons.computeIfAbsent(row.getString(0), purpose -> new TreeMap<>())
                        .computeIfAbsent(row.getDouble(1), truth -> new TreeMap<>())
                        .put(row.getString(2), row.getLong(3)));
        List<Answers> counted = reasons.entrySet().stream()
                .flatMap(purpose -> purpose.getValue().entrySet().stream().map(truth -> {
                    Map<String, Long> found = new TreeMap<>(truth.getValue());
                    Long accepted = found.remove(ACCEPTED);
                    return new Answers(purpose.getKey(), truth.getKey(), accepted == null ? 0 : accepted, found);
                }))
                .toList();
        return new TraceCounts(StateFile.FORMAT, rows, counted);
    }

    /** The number of rows with a trace. */
    long traces() {
        return rows.stream().mapToLong(row -> row.rows() - row.dropped()).sum();
    }

    /** The number of rows without a trace. */
    long dropped() {
        return rows.stream().mapToLong(Rows::dropped).sum();
    }

    /** Prints the counts. */
    void print() {
        rows.forEach(row -> System.out.println("  " + row.words()));
        answers.stream()
                .filter(answer -> !answer.rejected().isEmpty())
                .forEach(answer -> System.out.println("  " + answer.words()));
    }
}
