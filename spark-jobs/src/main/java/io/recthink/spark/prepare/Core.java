package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/**
 * The k-core of a log: the rows that remain when users and items with fewer than k rows are removed repeatedly until
 * nothing changes. The result does not depend on the order of removal.
 *
 * @param rows the remaining rows, persisted
 * @param times the counts of the remaining rows by time
 * @param rounds the number of rounds, including the last round, which removes no row
 */
record Core(Dataset<Row> rows, TimeCounts times, int rounds) {
    private static final int ROUNDS_A_PLAN = 4;

    /**
     * Finds the k-core. Spark sorts the rows by user and by item to count them. A user or an item with millions of rows
     * costs a sort on disk.
     *
     * @param rows with the columns userId, itemId and time; few columns are best, because each round stores the rows
     * @param count the number of rows
     * @param k at least 1
     * @param tables persists the rows of the result
     */
    static Core of(Dataset<Row> rows, long count, int k, PersistedTables tables) {
        Dataset<Row> current = rows;
        for (int round = 1; ; round++) {
            Dataset<Row> frequent = frequent(frequent(current, "userId", k), "itemId", k);
            Dataset<Row> next = tables.keep(round % ROUNDS_A_PLAN == 0 ? flat(frequent) : frequent);
            TimeCounts left = TimeCounts.of(next);
            current.unpersist();
            if (left.rows() == count) {
                return new Core(next, left, round);
            }
            current = next;
            count = left.rows();
        }
    }

    /** Returns the number of remaining rows. */
    long count() {
        return times.rows();
    }

    /** Returns the rows without their query plan, which would grow with every round. */
    private static Dataset<Row> flat(Dataset<Row> rows) {
        return rows.sparkSession().createDataFrame(rows.javaRDD(), rows.schema());
    }

    private static Dataset<Row> frequent(Dataset<Row> rows, String key, int k) {
        return rows.withColumn("frequency", functions.count(lit(1)).over(Window.partitionBy(key)))
                .where(col("frequency").geq(k))
                .drop("frequency");
    }
}
