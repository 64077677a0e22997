package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.PoolSizes;
import io.recthink.spark.table.Splits;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Chooses the three disjoint pools among the train rows whose user has been seen before: a row without a history
 * teaches nothing about reading one. Rows are taken in the order of a hash of the seed and the row id, so that the
 * choice is the same on every machine; first rl, then coldStart, then sft. When there are too few rows sft shrinks first;
 * when there are too few for the other two these shrink in proportion.
 */
final class PoolChoice {
    static final String COLD_START = "coldStart";
    static final String SFT = "sft";
    static final String RL = "rl";

    private final Dataset<Row> eligible;
    private final long eligibleRows;
    private final PoolSizes sizes;
    private final long seed;

    /** @param rows narrow reviews with rowId, userId, time and split */
    PoolChoice(Dataset<Row> rows, PoolSizes wanted, long seed) {
        Dataset<Row> train = rows.where(col("split").equalTo(Splits.TRAIN));
        this.eligible = train.join(train.groupBy("userId").agg(min("time").as("firstTime")), "userId")
                .where(col("time").gt(col("firstTime")))
                .select("rowId");
        this.eligibleRows = eligible.count();
        this.sizes = shrink(wanted, eligibleRows);
        this.seed = seed;
    }

    /** The sizes that the eligible rows allow. */
    PoolSizes sizes() {
        return sizes;
    }

    /** Train rows that a pool could take. */
    long eligibleRows() {
        return eligibleRows;
    }

    /** {@code rows} with the column pool, null for rows in no pool. */
    Dataset<Row> assign(Dataset<Row> rows) {
        int rlEnd = sizes.rl();
        int coldStartEnd = rlEnd + sizes.coldStart();
        Column order = sha2(concat_ws(" ", lit(seed), col("rowId")).cast("binary"), 256);
        // The limit is configuration, so the one task that numbers its rows stays small.
        Dataset<Row> chosen = eligible.select(
                        struct(order.as("order"), col("rowId")).as("ticket"))
                .orderBy("ticket")
                .limit(coldStartEnd + sizes.sft())
                .agg(sort_array(collect_list("ticket")).as("tickets"))
                .select(posexplode(col("tickets")).as(new String[] {"rank", "ticket"}))
                .select(
                        col("ticket.rowId").as("chosenId"),
                        when(col("rank").lt(rlEnd), RL)
                                .when(col("rank").lt(coldStartEnd), COLD_START)
                                .otherwise(SFT)
                                .as("pool"));
        return rows.join(chosen, col("rowId").equalTo(col("chosenId")), "left").drop("chosenId");
    }

    static PoolSizes shrink(PoolSizes wanted, long available) {
        long needed = (long) wanted.rl() + wanted.coldStart();
        if (needed > available) {
            return new PoolSizes(
                    (int) (wanted.coldStart() * available / needed), 0, (int) (wanted.rl() * available / needed));
        }
        return new PoolSizes(wanted.coldStart(), (int) Math.min(wanted.sft(), available - needed), wanted.rl());
    }
}
