package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;

import io.recthink.statistics.Isotonic;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Builds one {@link PredictedRow} for each evaluated row from the predictions of all systems. */
final class PredictedRows {
    private static final StructType KEYS = new StructType()
            .add("system", DataTypes.StringType, false)
            .add("readout", DataTypes.StringType, false)
            .add("seed", DataTypes.LongType, false)
            .add("index", DataTypes.IntegerType, false);

    private PredictedRows() {}

    /**
     * Joins predictions and rows.
     *
     * @param predictions each row once for each of the keys
     * @param rows the evaluated examples
     * @param keys the systems, in the order of the result
     * @param maps isotonic maps; their systems follow after the keys
     */
    static JavaRDD<PredictedRow> of(
            Dataset<Row> predictions,
            Dataset<Row> rows,
            List<SystemKey> keys,
            List<IsotonicRow> maps,
            List<Slice> slices,
            RatingScale scale) {
        List<Row> indices = IntStream.range(0, keys.size())
                .mapToObj(i -> RowFactory.create(
                        keys.get(i).system(),
                        keys.get(i).readout().name(),
                        keys.get(i).seed(),
                        i))
                .toList();
        return predictions
                .join(
                        broadcast(predictions.sparkSession().createDataFrame(indices, KEYS)),
                        new String[] {"system", "readout", "seed"})
                .groupBy("rowId")
                .agg(sort_array(collect_list(struct("index", "yhat", "failed", "probs")))
                        .as("systems"))
                .join(
                        rows.select(
                                col("rowId"),
                                col("userId"),
                                col("truth"),
                                Slice.memberships(slices).as("slices")),
                        "rowId")
                .select("userId", "truth", "slices", "systems")
                .javaRDD()
                .map(row -> row(row, maps, scale));
    }

    private static PredictedRow row(Row row, List<IsotonicRow> maps, RatingScale scale) {
        double truth = row.getDouble(1);
        int[] slices = row.<Integer>getList(2).stream().mapToInt(i -> i).toArray();
        List<Row> systems = row.getList(3);
        int plain = systems.size();
        double[] yhat = new double[plain + maps.size()];
        boolean[] failed = new boolean[yhat.length];
        double[] crps = new double[yhat.length];
        Arrays.fill(crps, Double.NaN);
        for (int i = 0; i < plain; i++) {
            Row system = systems.get(i);
            yhat[i] = system.getDouble(1);
            failed[i] = system.getBoolean(2);
            if (failed[i]) {
                crps[i] = Math.abs(yhat[i] - truth); // the score of one certain rating
            } else if (!system.isNullAt(3)) {
                crps[i] = crps(system.getList(3), truth, scale);
            }
        }
        for (int i = 0; i < maps.size(); i++) {
            IsotonicRow map = maps.get(i);
            Isotonic fit = map.fit();
            yhat[plain + i] = fit.of(yhat[map.source()]);
            failed[plain + i] = failed[map.source()];
        }
        return new PredictedRow(row.getString(0), truth, slices, yhat, failed, crps);
    }

    /**
     * Continuous ranked probability score (Matheson and Winkler 1976): the integral of the squared difference between
     * the predicted distribution function and the truth's distribution function.
     *
     * @param probabilities one for each of the equally spaced ratings from the lowest to the highest of the scale
     */
    static double crps(List<Double> probabilities, double truth, RatingScale scale) {
        double step = (scale.max() - scale.min()) / (probabilities.size() - 1);
        double below = 0;
        double score = 0;
        for (int i = 0; i < probabilities.size() - 1; i++) {
            below += probabilities.get(i);
            double from = scale.min() + i * step;
            double known = Math.min(step, Math.max(0, from + step - truth)); // where the truth's function is 1
            score += (below - 1) * (below - 1) * known + below * below * (step - known);
        }
        return score;
    }
}
