package io.recthink.spark.coldstart;

import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** A small prepared data set for {@code cold-start}: train rows with one past purchase each. */
final class ColdStartData {
    private static final Timestamp EARLIER = Timestamp.from(Instant.parse("2022-01-01T00:00:00Z"));
    private static final Timestamp NOW = Timestamp.from(Instant.parse("2022-02-01T00:00:00Z"));

    private ColdStartData() {}

    static Row past(double rating, String review) {
        return RowFactory.create("item-0", "An item", EARLIER, rating, "", review);
    }

    static Row target(String title, String... categories) {
        return RowFactory.create(title, categories, null, null, null);
    }

    static Row example(String rowId, String userId, double truth, String pool, Row target, Row past) {
        return RowFactory.create(
                rowId,
                userId,
                "item-1",
                NOW,
                truth,
                "train",
                pool,
                target,
                List.of(past),
                List.of(),
                null,
                null,
                1L,
                0L,
                true,
                false);
    }

    /** Writes the data set to the folder {@code data} below a root. */
    static void write(SparkSession spark, Path root, List<Row> examples) throws IOException {
        spark.createDataFrame(examples, Tables.EXAMPLES).write().parquet(root + "/data/examples");
        new PreparedData(
                        "test",
                        1,
                        5,
                        "",
                        "",
                        examples.size(),
                        Map.of(),
                        Map.of(),
                        1.0,
                        SplitLabel.globalTime(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)))
                .write(spark, root + "/data");
    }
}
