package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.recthink.config.Configuration.Prepare;
import io.recthink.spark.table.Tables;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** Gives each review what was known before it. */
final class ExampleRows {
    private final Histories histories;
    private final Column allowed;

    ExampleRows(Prepare options) {
        this.histories = new Histories(options.historyItems());
        Column train = col("split").equalTo(TimeSplit.TRAIN);
        this.allowed = options.refit() ? train.or(col("split").equalTo(TimeSplit.VALIDATION)) : train;
    }

    /** The columns of {@link Tables#EXAMPLES} without the pool. */
    Dataset<Row> of(Dataset<Row> reviews) {
        Dataset<Row> users = side(reviews, "userId", "user", Tables.USER_HISTORY_ENTRY);
        Dataset<Row> items = side(reviews, "itemId", "item", Tables.ITEM_HISTORY_ENTRY);
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

    private Dataset<Row> side(Dataset<Row> reviews, String key, String side, StructType entry) {
        Column[] fields = Arrays.stream(entry.fieldNames())
                .map(name -> (name.equals("title") ? col("target.title") : col(name)).as(name))
                .toArray(Column[]::new);
        return histories
                .of(reviews, key, allowed, struct(fields))
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

    /** An item that the log does not describe: a target whose fields are all null. */
    private static Column unknown() {
        return struct(Arrays.stream(Tables.TARGET.fields())
                .map(field -> lit(null).cast(field.dataType()).as(field.name()))
                .toArray(Column[]::new));
    }
}
