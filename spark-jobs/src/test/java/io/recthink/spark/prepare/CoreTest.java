package io.recthink.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CoreTest {
    private static final Timestamp NOON = Timestamp.from(Instant.parse("2024-06-01T12:00:00Z"));
    private static final StructType SCHEMA = new StructType()
            .add("userId", DataTypes.StringType)
            .add("itemId", DataTypes.StringType)
            .add("time", DataTypes.TimestampType);

    /** A chain of users who share one item with the next: each round takes a user and an item from either end. */
    @Test
    void aChainUnravelsFromItsEndsAndThePlanDoesNotGrow() {
        List<Row> rows = new ArrayList<>();
        for (int link = 0; link < 20; link++) {
            rows.add(RowFactory.create("u" + link, "i" + link, NOON));
            rows.add(RowFactory.create("u" + link, "i" + (link + 1), NOON));
        }
        for (String user : List.of("a", "b")) {
            rows.add(RowFactory.create(user, "x", NOON));
            rows.add(RowFactory.create(user, "y", NOON));
        }
        Dataset<Row> log = SparkTest.spark().createDataFrame(rows, SCHEMA);
        try (PersistedTables tables = new PersistedTables()) {
            Core core = Core.of(log, rows.size(), 2, tables);
            assertThat(core.count()).isEqualTo(4);
            assertThat(core.rounds()).isEqualTo(12);
            assertThat(core.rows()
                            .select("userId")
                            .distinct()
                            .as(org.apache.spark.sql.Encoders.STRING())
                            .collectAsList())
                    .containsExactlyInAnyOrder("a", "b");
            assertThat(core.rows().queryExecution().toString().length()).isLessThan(10_000);
        }
    }
}
