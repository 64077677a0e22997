package io.recthink.spark.evaluate;

import io.recthink.spark.SparkTest;
import io.recthink.spark.table.Tables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Predictions of one system. */
public final class PredictionRows {
    private final String system;
    private final List<Row> rows = new ArrayList<>();
    private String readout = "greedy";
    private long seed = 7;

    public PredictionRows(String system) {
        this.system = system;
    }

    public PredictionRows add(String rowId, double yhat) {
        return add(rowId, yhat, false);
    }

    public PredictionRows add(String rowId, double yhat, boolean failed) {
        rows.add(RowFactory.create(rowId, system, seed, readout, yhat, failed, null, null, 10, 5, 1.0, null));
        return this;
    }

    /** Another read-out than greedy, for all rows. */
    public PredictionRows readout(String name) {
        readout = name;
        return with(3, name);
    }

    /** Another seed than 7, for all rows. */
    public PredictionRows seed(long number) {
        seed = number;
        return with(2, number);
    }

    /** The same trace before each answer; {@code #} in it is the number of the row. */
    public PredictionRows traces(String trace) {
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            String number = String.valueOf(i);
            Object[] values = new Object[row.size()];
            Arrays.setAll(values, column -> column == 11 ? trace.replace("#", number) : row.get(column));
            rows.set(i, RowFactory.create(values));
        }
        return this;
    }

    private PredictionRows with(int column, Object value) {
        rows.replaceAll(row -> {
            Object[] values = new Object[row.size()];
            Arrays.setAll(values, i -> i == column ? value : row.get(i));
            return RowFactory.create(values);
        });
        return this;
    }

    /** Writes the folder of the system below that of all predictions. */
    public void write(Path predictions, int partitions) {
        SparkTest.spark()
                .createDataFrame(rows, Tables.PREDICTIONS)
                .repartition(partitions)
                .write()
                .parquet(predictions + "/" + system);
    }

    /** Writes a folder of another name. */
    public void write(Path predictions, String folder) {
        SparkTest.spark().createDataFrame(rows, Tables.PREDICTIONS).write().parquet(predictions + "/" + folder);
    }
}
