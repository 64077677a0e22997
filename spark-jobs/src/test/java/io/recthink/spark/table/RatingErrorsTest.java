package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RatingErrorsTest {
    private static final SparkSession SPARK = SparkTest.spark();

    @Test
    void everyRowCountsTheSame() {
        RatingErrors errors = RatingErrors.of(rows(List.of(4.0, 2.0, 5.0), List.of(5.0, 4.0, 5.0)));
        assertThat(errors).isEqualTo(new RatingErrors(1, Math.sqrt(5.0 / 3)));
    }

    @Test
    void theSumsDoNotDependOnThePartitions() {
        List<Double> predicted =
                Stream.iterate(1.1, x -> 1 + (x * 7.3) % 4).limit(500).toList();
        List<Double> truths =
                Stream.iterate(2.0, x -> 1 + (x * 3) % 5).limit(500).toList();
        Dataset<Row> rows = rows(predicted, truths);
        assertThat(RatingErrors.of(rows.repartition(7))).isEqualTo(RatingErrors.of(rows.coalesce(1)));
    }

    @Test
    void ofNoRowsThereAreNone() {
        RatingErrors errors = RatingErrors.of(rows(List.of(), List.of()));
        assertThat(errors.mae()).isNaN();
        assertThat(errors.rmse()).isNaN();
    }

    private static Dataset<Row> rows(List<Double> predicted, List<Double> truths) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < predicted.size(); i++) {
            rows.add(RowFactory.create(predicted.get(i), truths.get(i)));
        }
        return SPARK.createDataFrame(
                rows, new StructType().add("yhat", DataTypes.DoubleType).add("truth", DataTypes.DoubleType));
    }
}
