package io.recthink.spark.table;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowIdTest {
    private static final StructType REVIEW = new StructType()
            .add("user", DataTypes.StringType)
            .add("item", DataTypes.StringType)
            .add("time", DataTypes.TimestampType);

    @Test
    void isFrozen() {
        // printf 'music\037A2IBPI20UZIR0U\0371384719342\0371393545600' | sha256sum | cut -c -20
        assertThat(RowId.of("music", "A2IBPI20UZIR0U", "1384719342", 1393545600L))
                .isEqualTo("e51b21f34fb1661cb5a7");
    }

    @Test
    void differsInEveryPart() {
        assertThat(List.of(
                        RowId.of("d", "u", "i", 1),
                        RowId.of("e", "u", "i", 1),
                        RowId.of("d", "v", "i", 1),
                        RowId.of("d", "u", "j", 1),
                        RowId.of("d", "u", "i", 2),
                        RowId.of("d", "ui", "", 1)))
                .doesNotHaveDuplicates();
    }

    @Test
    void columnGivesTheSameIdsAsJava() {
        List<Row> reviews = List.of(
                review("A2IBPI20UZIR0U", "1384719342", Instant.ofEpochSecond(1393545600)),
                review("Zoë 雪", "№ 1", Instant.parse("2014-02-28T12:34:56.987654Z")),
                review("", "i", Instant.EPOCH));
        Dataset<Row> table = SparkTest.spark().createDataFrame(reviews, REVIEW);

        List<Row> ids = table.withColumn("rowId", RowId.column("data", col("user"), col("item"), col("time")))
                .collectAsList();

        assertThat(ids).hasSize(3).allSatisfy(row -> assertThat(row.getString(3))
                .isEqualTo(RowId.of(
                        "data",
                        row.getString(0),
                        row.getString(1),
                        row.getTimestamp(2).toInstant().getEpochSecond())));
    }

    private static Row review(String user, String item, Instant time) {
        return RowFactory.create(user, item, Timestamp.from(time));
    }
}
