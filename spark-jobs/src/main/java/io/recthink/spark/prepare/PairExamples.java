package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.files.Storage;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.RowId;
import io.recthink.spark.table.Splits;
import io.recthink.spark.table.Tables;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Makes examples of pairs that nobody has rated yet, with the code that makes the examples of {@code prepare}. A pair
 * sees all reviews of the data set that are strictly earlier than its time, whatever their split: nobody scores it.
 */
public final class PairExamples {
    private PairExamples() {}

    /**
     * The examples of some pairs.
     *
     * @param data folder of the data set that has the reviews
     * @param pairs with {@code userId, itemId, time}
     * @return the columns of {@link Tables#EXAMPLES} without {@code pool}; {@code truth} is null, {@code seenUser} and
     *     {@code seenItem} say whether the data set has an earlier review of the user or the item. Pairs of one user, one
     *     item and one second are one example.
     * @throws InvalidInputException when the data set is missing, not complete, or has no table of reviews
     */
    public static Dataset<Row> of(SparkSession spark, String data, Dataset<Row> pairs) {
        PreparedData prepared = PreparedData.read(spark, data);
        Storage folder = Storage.at(data, spark.sparkContext().hadoopConfiguration());
        if (!folder.exists(DataFolder.REVIEWS) || !folder.exists(Origin.FILE)) {
            throw new InvalidInputException(
                    "paths.data: %s has no table of reviews, which the histories of new pairs come from. Prepare the log again."
                            .formatted(data));
        }
        int historyItems = Origin.read(spark, data, "paths.data")
                .settings()
                .get("prepare.historyItems")
                .asInt();
        Dataset<Row> examples = PreparedData.examples(spark, data);
        Dataset<Row> reviews = spark.read()
                .schema(Tables.REVIEWS)
                .parquet(LiteralPath.of(data + "/" + DataFolder.REVIEWS))
                .join(examples.select("rowId", "target"), "rowId")
                .withColumn("split", lit(Splits.TRAIN)); // every review counts as known
        Dataset<Row> asking = pairs.select("userId", "itemId", "time")
                .withColumn("rowId", RowId.column(prepared.name(), col("userId"), col("itemId"), col("time")))
                .dropDuplicates("rowId")
                .join(EarlierData.items(examples), new String[] {"itemId"}, "left")
                .withColumn("rating", lit(null).cast("double"))
                .withColumn("split", lit(Splits.TEST))
                .withColumn("horizon", col("time"));
        return new ExampleRows(historyItems).ofPairs(asking, reviews);
    }
}
