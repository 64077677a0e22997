package io.recthink.spark.compare;

import io.recthink.spark.SparkTest;
import io.recthink.spark.table.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Predictions of one system. */
final class PredictionRows {
    private final String system;
    private final List<Row> rows = new ArrayList<>();

    PredictionRows(String system) {
        this.system = system;
    }

    PredictionRows add(String rowId, double yhat) {
        return add(rowId, yhat, false);
    }

    PredictionRows add(String rowId, double yhat, boolean failed) {
        rows.add(RowFactory.create(rowId, system, 7L, "greedy", yhat, failed, null, 10, 5, 1.0, null));
        return this;
    }

    /** Writes the folder of the system below that of all predictions. */
    void write(Path predictions, int partitions) {
        SparkTest.spark()
                .createDataFrame(rows, Tables.PREDICTIONS)
                .repartition(partitions)
                .write()
                .parquet(predictions + "/" + system);
    }
}
