package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.unix_micros;

import io.recthink.spark.baseline.Dictionary;
import io.recthink.spark.baseline.RatingSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Ratings and reviews in the form that networks read: users and items have numbers, reviews have tokens, and all of it
 * is in files that tasks read.
 *
 * @param users the users of the train rows
 * @param items the items of the train rows
 * @param folder the files
 * @param tokens the number of tokens of all reviews
 * @param mean the mean of the train ratings
 */
record ReviewCorpus(Dictionary users, Dictionary items, ReviewFolder folder, long tokens, double mean)
        implements RatingSet.Form {
    private static final double IDS_A_BLOCK = 1e6;

    /**
     * Writes the reviews of a set.
     *
     * @param set its rows have a time too
     * @param texts rowId, review: of all rows of the train side of the set that have one
     * @param path a new folder
     */
    static ReviewCorpus of(RatingSet set, Dataset<Row> texts, Vocabulary vocabulary, String path) {
        SparkSession spark = set.train().sparkSession();
        long rows = set.trainRows();
        int blocks = 1 + (int) (rows / IDS_A_BLOCK);
        Dictionary users = Dictionary.of(set.train(), "userId", blocks);
        Dictionary items = Dictionary.of(set.train(), "itemId", blocks);
        Dataset<Row> reviews = numbered(set.train(), users, items)
                .join(texts, new String[] {"rowId"}, "left")
                .select(
                        col("rowId"),
                        col("user"),
                        col("item"),
                        col("time"),
                        col("truth").cast("float").as("rating"),
                        vocabulary.tokens(spark, col("review")).as("tokens"));
        write(reviews, path + "/" + ReviewFolder.REVIEWS);
        write(
                numbered(set.validation(), users, items)
                        .select(
                                col("rowId"),
                                col("user"),
                                col("item"),
                                col("time"),
                                col("truth").cast("float").as("rating")),
                path + "/" + ReviewFolder.VALIDATION);
        Row sums = spark.read()
                .parquet(path + "/" + ReviewFolder.REVIEWS)
                .agg(sum(length(col("tokens"))).cast("long"), sum(col("rating").cast("decimal(28,12)")))
                .head();
        return new ReviewCorpus(
                users,
                items,
                new ReviewFolder(
                        path,
                        Math.toIntExact(users.size()),
                        Math.toIntExact(items.size()),
                        rows,
                        set.validation().count(),
                        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration())),
                sums.getLong(0) / Integer.BYTES,
                sums.getDecimal(1).doubleValue() / rows);
    }

    /** Writes rows in the order of (time, row id), with their places in it. */
    private static void write(Dataset<Row> rows, String path) {
        StructType schema = rows.schema().add("place", DataTypes.LongType, false);
        int last = schema.size() - 1;
        rows.sparkSession()
                .createDataFrame(
                        rows.orderBy("time", "rowId")
                                .toJavaRDD()
                                .zipWithIndex()
                                .map((Tuple2<Row, Long> row) -> placed(row._1(), row._2(), last)),
                        schema)
                .write()
                .parquet(path);
    }

    private static Row placed(Row row, long place, int columns) {
        Object[] values = new Object[columns + 1];
        for (int i = 0; i < columns; i++) {
            values[i] = row.get(i);
        }
        values[columns] = place;
        return RowFactory.create(values);
    }

    /**
     * Rows with the numbers of their users and items, user and item; an unknown one has the number of known ones. The
     * columns u and i are null there. The time is in microseconds.
     */
    Dataset<Row> numbered(Dataset<Row> rows) {
        return numbered(rows, users, items);
    }

    private static Dataset<Row> numbered(Dataset<Row> rows, Dictionary users, Dictionary items) {
        return rows.join(users.numbered().withColumnRenamed("number", "u"), new String[] {"userId"}, "left")
                .join(items.numbered().withColumnRenamed("number", "i"), new String[] {"itemId"}, "left")
                .withColumn("time", unix_micros(col("time")))
                .withColumn("user", coalesce(col("u"), lit((int) users.size())))
                .withColumn("item", coalesce(col("i"), lit((int) items.size())));
    }

    /** The number of train rows. */
    long trainRows() {
        return folder.reviews();
    }

    /** The train rows by their places: place, rowId. */
    Dataset<Row> places(SparkSession spark) {
        return spark.read().parquet(folder.path() + "/" + ReviewFolder.REVIEWS).select("place", "rowId");
    }

    @Override
    public void close() {
        users.close();
        items.close();
    }
}
