package io.recthink.spark.predict;

import io.recthink.InvalidInputException;
import io.recthink.metric.BiasModel;
import java.io.Serializable;
import java.util.Iterator;
import java.util.stream.StreamSupport;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The {@link BiasModel} fitted on a table of ratings of any size. Ratings are kept twice, by user and by item; each half
 * of an alternation sends one number a rating to the other side. All alternations are one Spark job.
 *
 * <p>Residuals are summed as whole multiples of 2^-32, so that the sum, unlike one of floating-point numbers, does not
 * depend on the order in which tasks deliver: the fit is the same to the bit on any cluster and after any retry.
 */
public final class FittedBiasModel {
    private static final double UNITS = 1L << 32;

    private final BiasModel model;
    private final Dataset<Row> userBiases;
    private final Dataset<Row> itemBiases;

    /** One rating of the user or item that it is listed under. */
    private record Opinion(String other, double rating) implements Serializable {}

    /** What is left over of some ratings, in units of 2^-32. */
    private record Residuals(long sum, long count) implements Serializable {
        Residuals plus(Residuals more) {
            return new Residuals(Math.addExact(sum, more.sum), count + more.count);
        }

        double bias() {
            return BiasModel.damped(sum / UNITS, count);
        }
    }

    private FittedBiasModel(BiasModel model, Dataset<Row> userBiases, Dataset<Row> itemBiases) {
        this.model = model;
        this.userBiases = userBiases;
        this.itemBiases = itemBiases;
    }

    /**
     * Fits the model.
     *
     * @param ratings the train rows: userId, itemId, truth
     * @param min the lowest rating of the scale, for {@link #predict}
     * @param max the highest rating of the scale
     * @throws InvalidInputException when there are no rows
     */
    public static FittedBiasModel fit(Dataset<Row> ratings, double min, double max) {
        double mean = mean(ratings);
        JavaRDD<Row> rows = ratings.select("userId", "itemId", "truth").javaRDD();
        Partitioner partitioner = new HashPartitioner(Math.max(1, rows.getNumPartitions()));
        JavaPairRDD<String, Iterable<Opinion>> byUser = listed(rows, 0, 1, partitioner);
        JavaPairRDD<String, Iterable<Opinion>> byItem = listed(rows, 1, 0, partitioner);

        JavaPairRDD<String, Double> users = byUser.mapValues(opinions -> 0.0);
        JavaPairRDD<String, Double> items = null;
        for (int alternation = 0; alternation < BiasModel.ALTERNATIONS; alternation++) {
            items = biases(byUser, users, mean, partitioner);
            users = biases(byItem, items, mean, partitioner);
        }
        SparkSession spark = ratings.sparkSession();
        return new FittedBiasModel(
                new BiasModel(mean, min, max),
                table(spark, users, "userId", "userBias"),
                table(spark, items, "itemId", "itemBias"));
    }

    /** The mean of the train ratings. */
    public double mean() {
        return model.mean();
    }

    /**
     * Adds the predictions as a column. Every row gets one: unknown users and items have bias 0.
     *
     * @param rows any table with userId and itemId
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
                                .apply(functions.col("userBias"), functions.col("itemBias")))
                .drop("userBias", "itemBias");
    }

    private static double mean(Dataset<Row> ratings) {
        Row row = ratings.agg(
                        functions.sum(functions.col("truth").cast("decimal(28,12)")), functions.count(functions.lit(1)))
                .head();
        long count = row.getLong(1);
        if (count == 0) {
            throw new InvalidInputException("there are no train rows to fit the bias model on; prepare more data or"
                    + " move prepare.validationFrom");
        }
        return row.getDecimal(0).doubleValue() / count;
    }

    private static JavaPairRDD<String, Iterable<Opinion>> listed(
            JavaRDD<Row> rows, int key, int other, Partitioner partitioner) {
        return rows.mapToPair(
                        row -> new Tuple2<>(row.getString(key), new Opinion(row.getString(other), row.getDouble(2))))
                .groupByKey(partitioner)
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    /** The biases of the other side, given those of the side that the ratings are listed by. */
    private static JavaPairRDD<String, Double> biases(
            JavaPairRDD<String, Iterable<Opinion>> listed,
            JavaPairRDD<String, Double> biases,
            double mean,
            Partitioner partitioner) {
        return listed.join(biases, partitioner)
                .flatMapToPair(
                        entry -> residuals(entry._2()._1(), mean + entry._2()._2()))
                .reduceByKey(partitioner, Residuals::plus)
                .mapValues(Residuals::bias);
    }

    private static Iterator<Tuple2<String, Residuals>> residuals(Iterable<Opinion> opinions, double expected) {
        return StreamSupport.stream(opinions.spliterator(), false)
                .map(opinion ->
                        new Tuple2<>(opinion.other, new Residuals(Math.round((opinion.rating - expected) * UNITS), 1)))
                .iterator();
    }

    private static Dataset<Row> table(SparkSession spark, JavaPairRDD<String, Double> biases, String id, String bias) {
        return spark.createDataFrame(
                biases.map(entry -> RowFactory.create(entry._1(), entry._2())),
                new StructType().add(id, DataTypes.StringType, false).add(bias, DataTypes.DoubleType, false));
    }
}
