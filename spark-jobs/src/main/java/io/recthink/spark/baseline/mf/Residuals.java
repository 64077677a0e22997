package io.recthink.spark.baseline.mf;

import static org.apache.spark.sql.functions.col;

import io.recthink.spark.baseline.Dictionary;
import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * The residuals of ratings after the bias model, with whole numbers as ids for ALS.
 *
 * @param bias the bias model, unclipped
 * @param users columns userId, number
 * @param items columns itemId, number
 * @param table columns user, item, residual; kept by the executors, in an order that depends only on the ratings
 */
record Residuals(FittedBiasModel bias, Dataset<Row> users, Dataset<Row> items, Dataset<Row> table)
        implements RatingSet.Form {

    /** The ratings of a set in this form. */
    static Residuals of(RatingSet set, MfSettings settings) {
        BlockedRatings blocked = BlockedRatings.of(set, settings);
        return set.as(
                Residuals.class,
                () -> of(
                        set.train(),
                        blocked.users(),
                        blocked.items(),
                        settings.als().blocks()));
    }

    /**
     * Fits the bias model and subtracts it from the ratings.
     *
     * @param train columns userId, itemId and truth
     * @param users the users of these rows
     * @param items the items of these rows
     * @param partitions the number of partitions of the table
     */
    static Residuals of(Dataset<Row> train, Dictionary users, Dictionary items, int partitions) {
        // Residuals are not clipped, only predictions are.
        FittedBiasModel bias = FittedBiasModel.fit(train, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        Dataset<Row> userNumbers = users.numbered().withColumnRenamed("number", "user");
        Dataset<Row> itemNumbers = items.numbered().withColumnRenamed("number", "item");
        Dataset<Row> table = numbered(bias.predict(train, "bias"), userNumbers, itemNumbers)
                .select(
                        col("user"),
                        col("item"),
                        col("truth").minus(col("bias")).as("residual"))
                .repartition(partitions, col("user"))
                .sortWithinPartitions("user", "item", "residual")
                .persist(StorageLevel.MEMORY_AND_DISK());
        return new Residuals(bias, userNumbers, itemNumbers, table);
    }

    /**
     * Adds the column {@code bias}, the unclipped prediction of the bias model, and the numbers. The number of an
     * unknown user or item is null.
     */
    Dataset<Row> numbered(Dataset<Row> rows) {
        return numbered(bias.predict(rows, "bias"), users, items);
    }

    private static Dataset<Row> numbered(Dataset<Row> rows, Dataset<Row> users, Dataset<Row> items) {
        return rows.join(users, new String[] {"userId"}, "left").join(items, new String[] {"itemId"}, "left");
    }

    @Override
    public void close() {
        table.unpersist();
        bias.close();
    }
}
