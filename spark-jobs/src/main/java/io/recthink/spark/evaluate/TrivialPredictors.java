package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.table.Readout;
import io.recthink.statistics.LinearRegression;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The trivial predictors of every comparison: constants, means and medians of the train ratings, the bias model and the
 * prompt-means regressions. A prompt-means regression uses userMean, itemMean, nUser and nItem. One is fitted by
 * least squares, one by least absolute deviations. All predictors are fitted on the train rows and predict every row.
 *
 * <p>Sums are decimal and therefore exact, so that the result does not depend on the partitioning.
 */
public final class TrivialPredictors {
    /** Number of ratings at the global mean mu that are added to each mean: (sum + 5 mu) / (n + 5). */
    private static final int SHRINKAGE = 5;

    /**
     * Decimal places of the regression by least absolute deviations: its iteration often ends near a constant, not at
     * it.
     */
    private static final int EXACT_DIGITS = 3;

    public static final String BIAS = "bias";
    public static final String PROMPT_MEANS = "prompt-means";

    private static final Readout MEAN = Readout.EXPECTATION;
    private static final Readout MEDIAN = Readout.MEDIAN;

    /** The rows, in the order of the table. */
    public static final List<SystemKey> KEYS = List.of(
            new SystemKey("constant-median", MEDIAN, 0),
            new SystemKey("constant-mode", Readout.POINT, 0),
            new SystemKey("global-mean", MEAN, 0),
            new SystemKey("user-mean", MEAN, 0),
            new SystemKey("user-median", MEDIAN, 0),
            new SystemKey("item-mean", MEAN, 0),
            new SystemKey("item-median", MEDIAN, 0),
            new SystemKey(BIAS, MEAN, 0),
            new SystemKey(PROMPT_MEANS, MEAN, 0),
            new SystemKey(PROMPT_MEANS, MEDIAN, 0));

    /** Indices in {@link #KEYS} of the systems that other rows are compared with. */
    static final int CONSTANT_MEDIAN = 0;

    static final int GLOBAL_MEAN = 2;
    static final int PROMPT_MEANS_BY_SQUARES = 8;
    static final int PROMPT_MEANS_BY_DEVIATIONS = 9;

    /** Names of the trivial systems. */
    static final List<String> SYSTEMS =
            KEYS.stream().map(SystemKey::system).distinct().toList();

    private final Dataset<Row> train;
    private final FittedBiasModel bias;
    private final double min;
    private final double max;

    /**
     * Predictors fitted on train rows.
     *
     * @param train as {@code Tables.EXAMPLES}, at least one row
     * @param bias bias model fitted on the same rows
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
     * The predictions of all trivial systems.
     *
     * @param rows as {@code Tables.EXAMPLES}
     * @return rowId, system, readout, yhat: one row for each row and system
     */
    Dataset<Row> predict(Dataset<Row> rows) {
        double mean = bias.mean();
        List<Row> ratings = ratings();
        double median = median(ratings);
        Dataset<Row> wide = bias.predict(rows, BIAS)
                .join(ratingsBy("userId", "user"), new String[] {"userId"}, "left")
                .join(ratingsBy("itemId", "item"), new String[] {"itemId"}, "left");
        List<Column> features = features(mean);
        LinearRegression squares = LinearRegression.leastSquares(moments(features));
        LinearRegression deviations = LeastAbsoluteDeviations.fit(train, features, squares);
        List<Column> systems = List.of(
                lit(median),
                lit(mode(ratings)),
                lit(mean),
                shrunkMean("user", mean),
                coalesce(col("userMedian"), lit(median)),
                shrunkMean("item", mean),
                coalesce(col("itemMedian"), lit(median)),
                col(BIAS),
                linear(squares, features),
                round(linear(deviations, features), EXACT_DIGITS));
        Column[] predictions = IntStream.range(0, systems.size())
                .mapToObj(i -> struct(
                        lit(KEYS.get(i).system()).as("system"),
                        lit(KEYS.get(i).readout().name()).as("readout"),
                        systems.get(i).as("yhat")))
                .toArray(Column[]::new);
        return wide.select(col("rowId"), explode(array(predictions)).as("prediction"))
                .select("rowId", "prediction.*");
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

    /**
     * Each train rating with its number of rows, ascending. The size is bounded by the scale, not by the number of
     * rows.
     */
    private List<Row> ratings() {
        return train.groupBy("truth").count().orderBy("truth").collectAsList();
    }

    /** The median; with an even number of ratings, the mean of the two middle ratings. */
    private static double median(List<Row> ratings) {
        long all = ratings.stream().mapToLong(row -> row.getLong(1)).sum();
        return (atPlace(ratings, (all - 1) / 2) + atPlace(ratings, all / 2)) / 2;
    }

    /** The rating with index {@code place}, from 0, among all sorted ratings. */
    private static double atPlace(List<Row> ratings, long place) {
        long before = 0;
        for (Row row : ratings) {
            before += row.getLong(1);
            if (place < before) {
                return row.getDouble(0);
            }
        }
        throw new IllegalArgumentException("no train row has place " + place);
    }

    /** The most frequent rating; among equally frequent ratings, the lowest. */
    private static double mode(List<Row> ratings) {
        return ratings.stream()
                .max(Comparator.comparingLong((Row row) -> row.getLong(1)).thenComparing(row -> -row.getDouble(0)))
                .orElseThrow()
                .getDouble(0);
    }

    private static Column shrunkMean(String prefix, double mean) {
        return coalesce(col(prefix + "Sum"), lit(0.0))
                .plus(SHRINKAGE * mean)
                .divide(coalesce(col(prefix + "Count"), lit(0)).plus(SHRINKAGE));
    }

    /** The means and counts of the user and the item. An unknown mean is replaced by the global mean. */
    private static List<Column> features(double mean) {
        return List.of(
                coalesce(col("userMean"), lit(mean)),
                coalesce(col("itemMean"), lit(mean)),
                col("nUser").cast("double"),
                col("nItem").cast("double"));
    }

    private Column linear(LinearRegression fit, List<Column> features) {
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
