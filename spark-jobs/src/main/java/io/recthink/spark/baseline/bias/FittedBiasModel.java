package io.recthink.spark.baseline.bias;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import io.recthink.statistics.BiasModel;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The {@link BiasModel}, fitted on a table of ratings of any size. The executors keep the ratings in primitive arrays,
 * by user. In an alternation each part of the users sends one sum for each of its items to the part of the item. It
 * receives the bias of each item. So the shuffle is bounded by the pairs of a part and an item, not by the ratings. A
 * user or an item with very many ratings needs no special treatment. All alternations are one Spark job.
 *
 * <p>Residuals are summed as whole multiples of 2^-32. Unlike a sum of floating-point numbers, the sum does not depend
 * on the order in which tasks finish. The fit is the same to the bit on any cluster and after any retry.
 */
public final class FittedBiasModel implements AutoCloseable {
    private static final double RATINGS_A_PART = 1e6;

    /** The name of the table with the model in a prepared data set. */
    public static final String TABLE = "biases";

    private static final String MEAN = "mean";
    private static final String USER = "user";
    private static final String ITEM = "item";

    private final BiasModel model;
    private final Dataset<Row> userBiases;
    private final Dataset<Row> itemBiases;
    private final List<JavaRDD<Row>> kept;

    private FittedBiasModel(
            BiasModel model, Dataset<Row> userBiases, Dataset<Row> itemBiases, List<JavaRDD<Row>> kept) {
        this.model = model;
        this.userBiases = userBiases;
        this.itemBiases = itemBiases;
        this.kept = kept;
    }

    /**
     * The model of the train rows of a prepared data set. It is read from the table {@value #TABLE} that
     * {@code prepare} writes. It is fitted, with the same result, when a data set of an earlier version lacks the
     * table.
     *
     * @param folder the folder of the data set
     */
    public static FittedBiasModel of(SparkSession spark, String folder) {
        PreparedData data = PreparedData.read(spark, folder);
        return data.table(spark, folder, TABLE, Tables.BIASES)
                .map(biases -> read(biases, data))
                .orElseGet(() -> fit(
                        PreparedData.examples(spark, folder).where(col("split").equalTo("train")),
                        data.minRating(),
                        data.maxRating()));
    }

    private static FittedBiasModel read(Dataset<Row> biases, PreparedData data) {
        double mean = of(biases, MEAN).head().getAs("value");
        return new FittedBiasModel(
                new BiasModel(mean, data.minRating(), data.maxRating()),
                of(biases, USER).select(col("id").as("userId"), col("value").as("userBias")),
                of(biases, ITEM).select(col("id").as("itemId"), col("value").as("itemBias")),
                List.of());
    }

    private static Dataset<Row> of(Dataset<Row> biases, String kind) {
        return biases.where(col("kind").equalTo(kind));
    }

    private static Dataset<Row> table(double mean, Dataset<Row> users, Dataset<Row> items) {
        return users.sparkSession()
                .createDataFrame(List.of(RowFactory.create(MEAN, "", mean)), Tables.BIASES)
                .unionAll(users.select(lit(USER), col("userId"), col("userBias")))
                .unionAll(items.select(lit(ITEM), col("itemId"), col("itemBias")));
    }

    /**
     * Fits the model.
     *
     * @param ratings the train rows, columns userId, itemId, truth
     * @param min the lowest rating of the scale, for {@link #predict}
     * @param max the highest rating of the scale
     * @throws InvalidInputException when there are no rows
     */
    public static FittedBiasModel fit(Dataset<Row> ratings, double min, double max) {
        return fit(ratings, min, max, 0);
    }

    /**
     * Fits the model and passes it on as a table of {@link Tables#BIASES}, which Spark computes when it is read.
     *
     * @param ratings the train rows: userId, itemId, truth
     * @param sum of the ratings, exact
     * @param rows the number of the ratings, at least 1
     * @param use reads the table
     */
    public static void fit(Dataset<Row> ratings, BigDecimal sum, long rows, Consumer<Dataset<Row>> use) {
        double mean = sum.doubleValue() / rows;
        int parts = parts(rows);
        try (BiasAlternations alternations = BiasAlternations.of(ratings, mean, parts)) {
            alternations.run(BiasModel.ALTERNATIONS);
            SparkSession spark = ratings.sparkSession();
            Dataset<Row> table = table(
                    mean,
                    table(spark, alternations.userBiases(), "userId", "userBias"),
                    table(spark, alternations.itemBiases(), "itemId", "itemBias"));
            // A million ratings have few enough biases for one task; then no pass over them looks for limits of a sort.
            use.accept(parts == 1 ? table.coalesce(1).sortWithinPartitions("kind", "id") : table.orderBy("kind", "id"));
        }
    }

    private static int parts(long rows) {
        return (int) Math.ceil(rows / RATINGS_A_PART);
    }

    /** @param parts into how many users and items are divided; 0: one for each million ratings. It changes no result. */
    static FittedBiasModel fit(Dataset<Row> ratings, double min, double max, int parts) {
        Row statistics = statistics(ratings);
        long rows = statistics.getLong(1);
        double mean = statistics.getDecimal(0).doubleValue() / rows;
        int number = parts == 0 ? parts(rows) : parts;
        try (BiasAlternations alternations = BiasAlternations.of(ratings, mean, number)) {
            alternations.run(BiasModel.ALTERNATIONS);
            JavaRDD<Row> users = kept(alternations.userBiases());
            JavaRDD<Row> items = kept(alternations.itemBiases());
            return new FittedBiasModel(
                    new BiasModel(mean, min, max),
                    table(ratings.sparkSession(), users, "userId", "userBias"),
                    table(ratings.sparkSession(), items, "itemId", "itemBias"),
                    List.of(users, items));
        }
    }

    /** The mean of the train ratings. */
    public double mean() {
        return model.mean();
    }

    /**
     * Adds the predictions as a column. Unknown users and items have bias 0, so every row has a prediction.
     *
     * @param rows any table with the columns userId and itemId
     * @param column the name of the new column
     */
    public Dataset<Row> predict(Dataset<Row> rows, String column) {
        BiasModel fitted = model;
        return rows.join(userBiases, userBiases.col("userId").equalTo(rows.col("userId")), "left")
                .drop(userBiases.col("userId"))
                .join(itemBiases, itemBiases.col("itemId").equalTo(rows.col("itemId")), "left")
                .drop(itemBiases.col("itemId"))
                .withColumn(
                        column,
                        functions
                                .udf(
                                        (Double user, Double item) ->
                                                fitted.predict(user == null ? 0 : user, item == null ? 0 : item),
                                        DataTypes.DoubleType)
                                .apply(col("userBias"), col("itemBias")))
                .drop("userBias", "itemBias");
    }

    /** The exact sum of the ratings of a table with the column truth: an aggregate. */
    public static Column sum() {
        return functions.sum(col("truth").cast("decimal(28,12)"));
    }

    private static Row statistics(Dataset<Row> ratings) {
        Row statistics = ratings.agg(sum(), functions.count(lit(1))).head();
        if (statistics.getLong(1) == 0) {
            throw new InvalidInputException("there are no train rows to fit the bias model on; prepare more data or"
                    + " move prepare.validationFrom");
        }
        return statistics;
    }

    /** Keeps the biases on the executors: they are small, and the ratings are freed after the fit. */
    private static JavaRDD<Row> kept(JavaRDD<Row> biases) {
        JavaRDD<Row> kept = biases.persist(StorageLevel.MEMORY_AND_DISK());
        kept.foreachPartition(rows -> {}); // computes the biases
        return kept;
    }

    private static Dataset<Row> table(SparkSession spark, JavaRDD<Row> biases, String id, String bias) {
        return spark.createDataFrame(
                biases, new StructType().add(id, DataTypes.StringType, false).add(bias, DataTypes.DoubleType, false));
    }

    /** Frees the biases. A table of predictions that is computed later fits the model again. */
    @Override
    public void close() {
        kept.forEach(JavaRDD::unpersist);
    }
}
