package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.round;

import io.recthink.spark.table.Readout;
import io.recthink.statistics.Isotonic;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A system whose predictions are a monotone map of another system's predictions. The map is fitted on the validation
 * rows. The row shows how much of the system's error is due to scale and not to order.
 *
 * @param key the source's key with the suffix {@value #SUFFIX} at the system's name
 * @param source index of the source system
 * @param fit the map
 * @param rows number of validation rows of the fit
 */
record IsotonicRow(SystemKey key, int source, Isotonic fit, long rows) implements Serializable {
    static final String SUFFIX = " +iso";

    /** Decimal places to which predictions are rounded before the fit; this bounds the number of points of a map. */
    private static final int DIGITS = 3;

    /**
     * Fits one map for each read-out that has predictions of validation rows. A mean read-out is fitted by means, a
     * median read-out by medians. A read-out that can be either gets both maps.
     *
     * @param predictions predictions of validation rows, with system, readout, seed, yhat and truth
     * @param keys the systems of the table
     */
    static List<IsotonicRow> fit(Dataset<Row> predictions, List<SystemKey> keys, RatingScale validation) {
        // The driver collects systems x distinct predictions x ratings rows, whatever the number of validation rows.
        List<Row> counts = predictions
                .groupBy(
                        col("system"),
                        col("readout"),
                        col("seed"),
                        round(col("yhat"), DIGITS).as("prediction"),
                        col("truth"))
                .count()
                .orderBy("system", "readout", "seed", "prediction", "truth")
                .collectAsList();
        List<IsotonicRow> rows = new ArrayList<>();
        for (int source = 0; source < keys.size(); source++) {
            SystemKey key = keys.get(source);
            List<Row> own = counts.stream()
                    .filter(row -> key.equals(SystemKey.of(row.getString(0), row.getString(1), row.getLong(2))))
                    .toList();
            if (!own.isEmpty()) {
                add(rows, key, source, own, validation);
            }
        }
        return rows;
    }

    private static void add(List<IsotonicRow> rows, SystemKey key, int source, List<Row> own, RatingScale scale) {
        long rowsOfFit = own.stream().mapToLong(row -> row.getLong(5)).sum();
        double[] predictions =
                own.stream().mapToDouble(row -> row.getDouble(3)).distinct().toArray();
        long[][] counts = new long[predictions.length][scale.ratings().length];
        int next = -1;
        double last = Double.NaN;
        for (Row row : own) {
            if (row.getDouble(3) != last) {
                last = row.getDouble(3);
                next++;
            }
            counts[next][scale.rating(row.getDouble(4))] += row.getLong(5);
        }
        Readout readout = key.readout();
        if (readout.rankedByMae()) {
            rows.add(new IsotonicRow(
                    named(key, readout.isOpen() ? Readout.MEDIAN : readout),
                    source,
                    Isotonic.medians(predictions, counts, scale.ratings()),
                    rowsOfFit));
        }
        if (readout.rankedByRmse()) {
            rows.add(new IsotonicRow(
                    named(key, readout.isOpen() ? Readout.EXPECTATION : readout),
                    source,
                    Isotonic.means(predictions, counts, scale.ratings()),
                    rowsOfFit));
        }
    }

    /** A note of the table: the number of validation rows of the maps; empty without maps. */
    static Optional<String> note(List<IsotonicRow> maps) {
        Map<Long, TreeSet<String>> systems = new TreeMap<>();
        maps.forEach(map ->
                systems.computeIfAbsent(map.rows, rows -> new TreeSet<>()).add(map.key.system()));
        return maps.isEmpty()
                ? Optional.empty()
                : Optional.of(systems.entrySet().stream()
                        .map(fit ->
                                "%d validation rows (%s)".formatted(fit.getKey(), String.join(", ", fit.getValue())))
                        .collect(Collectors.joining(", ", "Monotone maps are fitted on ", ".")));
    }

    private static SystemKey named(SystemKey key, Readout readout) {
        return new SystemKey(key.system() + SUFFIX, readout, key.seed());
    }
}
