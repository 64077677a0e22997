package io.recthink.spark.table;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Tables that the executors keep in memory or on their disks until this object is closed. A kept table has a plan of one
 * step. So a recipe of many joins is planned in time that grows with the number of joins, not much faster.
 */
public final class KeptRows implements AutoCloseable {
    private final List<Dataset<Row>> persisted = new ArrayList<>();

    /** The same rows, computed once. After the loss of an executor its part is computed again. */
    public Dataset<Row> keep(Dataset<Row> rows) {
        Dataset<Row> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
        persisted.add(kept);
        return rows.sparkSession().createDataFrame(kept.toJavaRDD(), rows.schema());
    }

    @Override
    public void close() {
        persisted.forEach(Dataset::unpersist);
    }
}
