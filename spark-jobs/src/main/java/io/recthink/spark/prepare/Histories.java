package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.Splits;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Computes the history, the counts and the mean of a user or an item at each moment that a row asks for.
 *
 * <p>A row looks back strictly from its horizon ({@link SplitRule#horizon}). So the table needs one row per (key,
 * moment) and never a pair of reviews:
 *
 * <ul>
 *   <li>Visible reviews of one moment are reduced to its last N reviews. A row number limits their number before they
 *       are collected.
 *   <li>Moments that have reviews are numbered. The last N numbered moments before a moment contain every candidate for
 *       its last N reviews, however many moments without reviews are between them.
 *   <li>Counts and sums cover all earlier moments in a growing window frame.
 * </ul>
 *
 * <p>A key with a million reviews costs a sort on disk and memory for N entries; it does not cost a million squared.
 * Sums are decimal, so they are the same to the last bit in any order of addition.
 */
final class Histories {
    private static final String EXACT = "decimal(28,10)";

    private final int items;

    /** @param items the number of entries that a history keeps, the latest ones */
    Histories(int items) {
        this.items = items;
    }

    /**
     * Returns one row per (key, moment) for the horizons of all {@code asking} rows:
     * {@code key, moment, history array<entry>, seen, mean?, trained}. {@code history} is ascending in time; reviews of
     * one moment are in the order of their row ids. {@code seen} and {@code mean} cover all visible reviews before the
     * moment. {@code trained} counts the visible reviews of the train split before the moment.
     *
     * @param asking reviews with split, horizon and the key; the reviews of the train split must be visible
     * @param visible reviews that a history may contain, with rowId, time, split, rating and the key
     * @param key userId or itemId
     * @param entry the history entry for a review
     */
    Dataset<Row> of(Dataset<Row> asking, Dataset<Row> visible, String key, Column entry) {
        Dataset<Row> reviewed = visible.select(
                col(key).as("key"),
                col("time").as("moment"),
                col("rowId"),
                col("split").equalTo(Splits.TRAIN).as("train"),
                col("rating").cast(EXACT).as("rating"),
                entry.as("entry"));
        Dataset<Row> asked = asking.where(col("split").notEqual(Splits.TRAIN)) // train rows ask for their own moment
                .select(
                        col(key).as("key"),
                        col("horizon").as("moment"),
                        lit(null).cast("string").as("rowId"),
                        lit(null).cast("boolean").as("train"),
                        lit(null).cast(EXACT).as("rating"),
                        lit(null)
                                .cast(reviewed.schema().apply("entry").dataType())
                                .as("entry"))
                .distinct();
        return lookBack(moments(reviewed.unionByName(asked)));
    }

    private Dataset<Row> moments(Dataset<Row> events) {
        WindowSpec latestFirst =
                Window.partitionBy("key", "moment").orderBy(col("rowId").desc_nulls_last());
        Column kept = when(col("rowId").isNotNull().and(col("latest").leq(items)), struct(col("rowId"), col("entry")));
        return events.repartition(col("key"))
                .withColumn("latest", row_number().over(latestFirst))
                .groupBy("key", "moment")
                .agg(
                        count("rowId").as("reviews"),
                        count(when(col("train"), true)).as("trainReviews"),
                        sum("rating").as("ratings"),
                        sort_array(collect_list(kept)).as("entries"));
    }

    private Dataset<Row> lookBack(Dataset<Row> moments) {
        WindowSpec before = Window.partitionBy("key").orderBy("moment").rowsBetween(Window.unboundedPreceding(), -1);
        WindowSpec lastReviewed =
                Window.partitionBy("key").orderBy("reviewedBefore").rangeBetween(-reach(), -1);
        Column reviewed = col("reviews").gt(0);
        Column latest =
                slice(col("gathered"), greatest(lit(1), size(col("gathered")).minus(items - 1)), lit(items));
        return moments.select(
                        col("key"),
                        col("moment"),
                        when(reviewed, col("entries")).as("entries"),
                        count(when(reviewed, true)).over(before).as("reviewedBefore"),
                        coalesce(sum("reviews").over(before), lit(0L)).as("seen"),
                        coalesce(sum("trainReviews").over(before), lit(0L)).as("trained"),
                        sum("ratings").over(before).as("ratings"))
                .withColumn("gathered", flatten(collect_list(col("entries")).over(lastReviewed)))
                .select(
                        col("key"),
                        col("moment"),
                        transform(latest, kept -> kept.getField("entry")).as("history"),
                        col("seen"),
                        col("trained"),
                        col("ratings").cast("double").divide(col("seen")).as("mean"));
    }

    /** Returns the size of the window frame, which must contain a moment even if no entry is kept. */
    private long reach() {
        return Math.max(1, items);
    }
}
