package io.recthink.spark.table;

import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Examples with nothing but numbers and a title. */
public final class ExampleRows {
    private final List<Row> rows = new ArrayList<>();

    /** Adds an example of an item that is known by its title. */
    public ExampleRows add(String rowId, String split, String user, String title, double truth) {
        return add(rowId, split, user, title, truth, null, null, 0, 0);
    }

    /** Adds an example; the item's id is its title. */
    public ExampleRows add(
            String rowId,
            String split,
            String user,
            String title,
            double truth,
            Double userMean,
            Double itemMean,
            long nUser,
            long nItem) {
        rows.add(RowFactory.create(
                rowId,
                user,
                title,
                new Timestamp(0),
                truth,
                split,
                null,
                RowFactory.create(title, List.of(), null, null, null),
                List.of(),
                List.of(),
                userMean,
                itemMean,
                nUser,
                nItem,
                nUser > 0,
                nItem > 0));
        return this;
    }

    /** The table. */
    public Dataset<Row> table() {
        return SparkTest.spark().createDataFrame(rows, Tables.EXAMPLES);
    }

    /** Writes a data folder as {@code prepare} does. */
    public void write(Path folder) throws IOException {
        SparkTest.spark().createDataFrame(rows, Tables.EXAMPLES).write().parquet(folder + "/examples");
        new PreparedData(
                        "tests",
                        1,
                        5,
                        "d1",
                        "d2",
                        rows.size(),
                        Map.of(),
                        Map.of(),
                        null, // found in the truths
                        SplitLabel.globalTime(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)))
                .write(SparkTest.spark(), folder.toString());
    }
}
