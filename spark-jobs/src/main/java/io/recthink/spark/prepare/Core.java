package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The k-core of a log: what is left when users and items with fewer than k rows are removed again and again until
 * nothing changes. It does not depend on the order of removal.
 *
 * @param rows the rows left, persisted
 * @param count how many
 * @param rounds rounds until nothing changed
 */
record Core(Dataset<Row> rows, long count, int rounds) {
    /**
     * The k-core of {@code rows}. Counts travel, rows are only filtered by joins, so that neither a user nor an item with
     * millions of rows is ever held in memory.
     *
     * @param rows with the columns userId and itemId; best narrow, because each round stores them
     * @param count how many rows
     * @param k at least 1
     * @param tables keeps the rows of the result
     */
    static Core of(Dataset<Row> rows, long count, int k, PersistedTables tables) {
        Dataset<Row> current = rows;
        for (int round = 1; ; round++) {
            Dataset<Row> next = tables.keep(flat(frequent(frequent(current, "userId", k), "itemId", k)));
            long left = next.count();
            current.unpersist();
            if (left == count) {
                return new Core(next, left, round);
            }
            current = next;
            count = left;
        }
    }

    /** The same rows without their history: a plan names its rows four times a round, and would grow fourfold in each. */
    private static Dataset<Row> flat(Dataset<Row> rows) {
        return rows.sparkSession().createDataFrame(rows.javaRDD(), rows.schema());
    }

    private static Dataset<Row> frequent(Dataset<Row> rows, String key, int k) {
        Dataset<Row> keys = rows.groupBy(key).count().where(col("count").geq(k)).select(key);
        return rows.join(keys, new String[] {key}, "left_semi");
    }
}
