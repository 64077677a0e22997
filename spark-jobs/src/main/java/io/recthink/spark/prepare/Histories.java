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
 * What was known of a user, or of an item, at the moments that somebody asks about.
 *
 * <p>A row looks back from its horizon ({@link SplitRule#horizon}), strictly. So the table needs one row a (key, moment),
 * never a pair of reviews: visible reviews of one moment are gathered into its last N (a row number bounds them before
 * they are gathered). The moments that were reviewed are counted up; the last N of them before a moment hold everything
 * that its last N reviews can come from, however many moments in between are only asked about. Counts and sums run over
 * all earlier moments in a growing frame. A key with a million reviews costs a sort on disk and N entries of memory, not
 * a million squared. Sums are decimal: the same to the last bit in whatever order they are added.
 */
final class Histories {
    private static final String EXACT = "decimal(28,10)";

    private final int items;

    /** @param items entries kept, the latest ones */
    Histories(int items) {
        this.items = items;
    }

    /**
     * One row a (key, moment): {@code key, moment, history array<entry>, seen, mean?, trained}, for the horizons of all
     * {@code asking} rows. {@code history} is ascending in time, reviews of one moment in the order of their row ids;
     * {@code seen} and {@code mean} are over all visible reviews before the moment, {@code trained} counts those of the
     * train split.
     *
     * @param asking reviews with split, horizon and the key; those of the train split must be visible
     * @param visible reviews that may stand in a history, with rowId, time, split, rating and the key
     * @param key userId or itemId
     * @param entry what a history says of a review
     */
    Dataset<Row> of(Dataset<Row> asking, Dataset<Row> visible, String key, Column entry) {
        Dataset<Row> reviewed = visible.select(
                col(key).as("key"),
                col("time").as("moment"),
                col("rowId"),
                col("split").equalTo(Splits.TRAIN).as("train"),
                col("rating").cast(EXACT).as("rating"),
                entry.as("entry"));
        Dataset<Row> asked = asking.where(col("split").notEqual(Splits.TRAIN)) // train rows ask at their own reviews
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

    /** A frame must hold a moment, even where no entry is kept. */
    private long reach() {
        return Math.max(1, items);
    }
}
