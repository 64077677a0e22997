package io.recthink.spark.table;

import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;

/** Groups rows into four buckets by the number of earlier train rows of their user or item. */
public final class HistoryBuckets {
    /** Names of the buckets, ascending. */
    public static final List<String> LABELS = List.of("0", "1-4", "5-19", "20+");

    private HistoryBuckets() {}

    /**
     * The index of a bucket in {@link #LABELS}.
     *
     * @param count number of earlier train rows: nUser or nItem of an example
     */
    public static Column index(Column count) {
        return when(count.lt(1), 0).when(count.lt(5), 1).when(count.lt(20), 2).otherwise(3);
    }
}
