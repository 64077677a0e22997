package io.recthink.spark.prepare;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Persists tables that are used more than once in the memory or on the disks of the executors. Closing frees them. */
final class PersistedTables implements AutoCloseable {
    private final List<Dataset<Row>> kept = new ArrayList<>();

    Dataset<Row> keep(Dataset<Row> table) {
        Dataset<Row> persisted = table.persist(StorageLevel.MEMORY_AND_DISK());
        kept.add(persisted);
        return persisted;
    }

    @Override
    public void close() {
        kept.forEach(Dataset::unpersist);
    }
}
