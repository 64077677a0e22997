package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;

import io.recthink.spark.table.PrepareSettings;
import io.recthink.spark.table.Splits;
import io.recthink.spark.table.Tables;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Adds to each review the histories, means and counts that were known before it. Train and validation rows look back on
 * train rows. Test rows look back on train rows too, and after a refit also on validation rows.
 */
final class ExampleRows {
    private static final Column TRAIN = col("split").equalTo(Splits.TRAIN);
    private static final Column TEST = col("split").equalTo(Splits.TEST);

    private final Histories histories;
    private final boolean refit;

    ExampleRows(PrepareSettings options) {
        this.histories = new Histories(options.historyItems());
        this.refit = options.refit();
    }

    /** @param historyItems the number of entries that a history keeps */
    ExampleRows(int historyItems) {
        this.histories = new Histories(historyItems);
        this.refit = false;
    }

    /** Returns the columns of {@link Tables#EXAMPLES} without the column pool. */
    Dataset<Row> of(Dataset<Row> reviews) {
        if (!refit) {
            return lookBack(reviews, reviews, TRAIN);
        }
        return lookBack(reviews.where(not(TEST)), reviews.where(not(TEST)), TRAIN)
                .unionByName(lookBack(reviews.where(TEST), reviews, not(TEST)));
    }

    /**
     * Returns the same columns for test rows that are added to existing rows.
     *
     * @param later the added rows, with the split test
     * @param earlier the reviews of all splits on which the added rows look back
     */
    Dataset<Row> added(Dataset<Row> later, Dataset<Row> earlier) {
        return lookBack(later, earlier, refit ? not(TEST) : TRAIN);
    }

    /**
     * Returns the same columns for pairs without a rating, which look back on all reviews before their time.
     *
     * @param pairs with the split test and their time as horizon
     * @param reviews with the split train
     */
    Dataset<Row> ofPairs(Dataset<Row> pairs, Dataset<Row> reviews) {
        return lookBack(pairs, reviews, lit(true));
    }

    private Dataset<Row> lookBack(Dataset<Row> reviews, Dataset<Row> all, Column allowed) {
        Dataset<Row> users = side(reviews, all.where(allowed), "userId", "user", Tables.USER_HISTORY_ENTRY);
        Dataset<Row> items = side(reviews, all.where(allowed), "itemId", "item", Tables.ITEM_HISTORY_ENTRY);
        return reviews.join(users, known("userId", "user"))
                .join(items, known("itemId", "item"))
                .select(
                        col("rowId"),
                        col("userId"),
                        col("itemId"),
                        col("time"),
                        col("rating").as("truth"),
                        col("split"),
                        coalesce(col("target"), unknown()).as("target"),
                        col("userHistory"),
                        col("itemHistory"),
                        col("userMean"),
                        col("itemMean"),
                        col("userTrained").as("nUser"),
                        col("itemTrained").as("nItem"),
                        col("userTrained").gt(0).as("seenUser"),
                        col("itemTrained").gt(0).as("seenItem"));
    }

    private Dataset<Row> side(Dataset<Row> reviews, Dataset<Row> visible, String key, String side, StructType entry) {
        Column[] fields = Arrays.stream(entry.fieldNames())
                .map(name -> (name.equals("title") ? col("target.title") : col(name)).as(name))
                .toArray(Column[]::new);
        return histories
                .of(reviews, visible, key, struct(fields))
                .select(
                        col("key").as(side + "Key"),
                        col("moment").as(side + "Moment"),
                        col("history").as(side + "History"),
                        col("mean").as(side + "Mean"),
                        col("trained").as(side + "Trained"));
    }

    private static Column known(String key, String side) {
        return col(key).equalTo(col(side + "Key")).and(col("horizon").equalTo(col(side + "Moment")));
    }

    /** Returns the target of an item without a description: all fields are null. */
    private static Column unknown() {
        return struct(Arrays.stream(Tables.TARGET.fields())
                .map(field -> lit(null).cast(field.dataType()).as(field.name()))
                .toArray(Column[]::new));
    }
}
