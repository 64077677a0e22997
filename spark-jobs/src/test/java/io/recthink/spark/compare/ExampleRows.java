package io.recthink.spark.compare;

import io.recthink.spark.SparkTest;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Examples without texts, for tests of what is computed from numbers alone. */
final class ExampleRows {
    private final List<Row> rows = new ArrayList<>();

    ExampleRows add(String rowId, String split, String user, String item, double truth) {
        return add(rowId, split, user, item, truth, null, null, 0, 0);
    }

    ExampleRows add(
            String rowId,
            String split,
            String user,
            String item,
            double truth,
            Double userMean,
            Double itemMean,
            long nUser,
            long nItem) {
        rows.add(RowFactory.create(
                rowId,
                user,
                item,
                new Timestamp(0),
                truth,
                split,
                null,
                RowFactory.create("title", List.of(), null, null, null),
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

    /** Writes a data folder as {@code prepare} does. */
    void write(Path folder) throws IOException {
        SparkTest.spark().createDataFrame(rows, Tables.EXAMPLES).write().parquet(folder + "/examples");
        new PreparedData("tests", 1, 5, "d1", "d2", rows.size(), Map.of(), Map.of())
                .write(SparkTest.spark(), folder.toString());
    }
}
