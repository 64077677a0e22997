package io.recthink.spark.compare;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.recthink.metric.LeastSquares;
import io.recthink.spark.predict.FittedBiasModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The predictors that any system must be seen beside: constants, means and medians of the train ratings, the bias model,
 * and the regression on the four numbers that a prompt may show. They are fitted on the train rows and predict every row.
 * Sums are decimal and therefore exact, so that the result does not depend on the partitioning.
 */
final class TrivialPredictors {
    /** How many imagined ratings at the global mean a user's or an item's mean starts with. */
    private static final int SHRINKAGE = 5;

    static final String BIAS = "bias";
    static final String PROMPT_MEANS = "prompt-means";

    /** The systems, in the order of the table. */
    static final List<String> SYSTEMS = List.of(
            "constant-median",
            "constant-mode",
            "global-mean",
            "user-mean",
            "user-median",
            "item-mean",
            "item-median",
            BIAS,
            PROMPT_MEANS);

    private final Dataset<Row> train;
    private final FittedBiasModel bias;
    private final double min;
    private final double max;

    /**
     * Predictors fitted on train rows.
     *
     * @param train as {@code Tables.EXAMPLES}, at least one row
     * @param bias fitted on the same rows
     * @param min the lowest rating of the scale
     * @param max the highest rating of the scale
     */
    TrivialPredictors(Dataset<Row> train, FittedBiasModel bias, double min, double max) {
        this.train = train;
        this.bias = bias;
        this.min = min;
        this.max = max;
    }

    /**
     * The predictions of all systems.
     *
     * @param rows as {@code Tables.EXAMPLES}
     * @return one row a row and system: rowId, system, yhat
     */
    Dataset<Row> predict(Dataset<Row> rows) {
        double mean = bias.mean();
        double median = train.agg(median()).head().getDouble(0);
        Dataset<Row> wide = bias.predict(rows, BIAS)
                .join(ratingsBy("userId", "user"), new String[] {"userId"}, "left")
                .join(ratingsBy("itemId", "item"), new String[] {"itemId"}, "left");
        Map<String, Column> systems = new LinkedHashMap<>();
        systems.put("constant-median", lit(median));
        systems.put("constant-mode", lit(mode()));
        systems.put("global-mean", lit(mean));
        systems.put("user-mean", shrunkMean("user", mean));
        systems.put("user-median", coalesce(col("userMedian"), lit(median)));
        systems.put("item-mean", shrunkMean("item", mean));
        systems.put("item-median", coalesce(col("itemMedian"), lit(median)));
        systems.put(BIAS, col(BIAS));
        systems.put(PROMPT_MEANS, promptMeans(mean));
        Column[] predictions = systems.entrySet().stream()
                .map(system -> struct(
                        lit(system.getKey()).as("system"), system.getValue().as("yhat")))
                .toArray(Column[]::new);
        return wide.select(col("rowId"), explode(array(predictions)).as("prediction"))
                .select("rowId", "prediction.system", "prediction.yhat");
    }

    private Dataset<Row> ratingsBy(String id, String prefix) {
        return train.groupBy(id)
                .agg(
                        sum(col("truth").cast("decimal(28,12)")).cast("double").as(prefix + "Sum"),
                        count(lit(1)).as(prefix + "Count"),
                        median().as(prefix + "Median"));
    }

    private static Column median() {
        return expr("percentile(truth, 0.5)");
    }

    /** The most frequent rating; of several, the lowest. */
    private double mode() {
        return train.groupBy("truth")
                .count()
                .orderBy(col("count").desc(), col("truth"))
                .head()
                .getDouble(0);
    }

    private static Column shrunkMean(String prefix, double mean) {
        return coalesce(col(prefix + "Sum"), lit(0.0))
                .plus(SHRINKAGE * mean)
                .divide(coalesce(col(prefix + "Count"), lit(0)).plus(SHRINKAGE));
    }

    /** Least squares of the rating on what a prompt can show in numbers; unknown means are the global one. */
    private Column promptMeans(double mean) {
        List<Column> features = List.of(
                coalesce(col("userMean"), lit(mean)),
                coalesce(col("itemMean"), lit(mean)),
                col("nUser").cast("double"),
                col("nItem").cast("double"));
        LeastSquares fit = LeastSquares.fit(moments(features));
        Column prediction = lit(fit.intercept());
        for (int i = 0; i < features.size(); i++) {
            prediction = prediction.plus(features.get(i).multiply(fit.weights().get(i)));
        }
        return greatest(lit(min), least(lit(max), prediction));
    }

    private double[][] moments(List<Column> features) {
        List<Column> variables = new ArrayList<>();
        variables.add(lit(1.0));
        variables.addAll(features);
        variables.add(col("truth"));
        List<Column> sums = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            for (int j = 0; j <= i; j++) {
                sums.add(sum(variables.get(i).multiply(variables.get(j)).cast("decimal(28,10)"))
                        .cast("double")
                        .as("moment" + i + "_" + j));
            }
        }
        Row row = train.select(sums.toArray(Column[]::new)).head();
        double[][] moments = new double[variables.size()][variables.size()];
        int next = 0;
        for (int i = 0; i < variables.size(); i++) {
            for (int j = 0; j <= i; j++) {
                moments[i][j] = row.getDouble(next);
                moments[j][i] = row.getDouble(next++);
            }
        }
        return moments;
    }
}
