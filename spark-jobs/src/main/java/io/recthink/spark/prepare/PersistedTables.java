package io.recthink.spark.prepare;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Tables that are kept by the executors because they are used more than once; freed when closed. */
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
