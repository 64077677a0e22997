package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.recthink.spark.SparkTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class StratifiedSampleTest {
    private static final StructType SCHEMA = new StructType()
            .add("rowId", DataTypes.StringType)
            .add("truth", DataTypes.DoubleType)
            .add("nUser", DataTypes.LongType);

    @Test
    void strataGetTheirShareOfTheSample() {
        // 60 x (5 stars, new user), 30 x (4 stars, 7 ratings), 10 x (1 star, 100 ratings)
        Map<Double, Integer> counts = new TreeMap<>();
        StratifiedSample.of(examples(), 20)
                .collectAsList()
                .forEach(row -> counts.merge(row.<Double>getAs("truth"), 1, Integer::sum));
        assertThat(counts).containsExactly(entry(1.0, 2), entry(4.0, 6), entry(5.0, 12));
    }

    @Test
    void everyRunDrawsTheSameRowsHoweverTheTableIsPartitioned() {
        List<String> ids = ids(StratifiedSample.of(examples(), 33));
        assertThat(ids).hasSize(33);
        assertThat(ids(StratifiedSample.of(examples().repartition(7), 33))).isEqualTo(ids);
        assertThat(ids).isNotEqualTo(ids(examples().limit(33)));
    }

    @Test
    void largerSamplesContainSmallerOnes() {
        assertThat(ids(StratifiedSample.of(examples(), 40))).containsAll(ids(StratifiedSample.of(examples(), 20)));
    }

    @Test
    void zeroOrMoreThanThereIsMeansAllRows() {
        assertThat(ids(StratifiedSample.of(examples(), 0))).hasSize(100);
        assertThat(ids(StratifiedSample.of(examples(), 1000))).hasSize(100);
    }

    @Test
    void remaindersGoToTheLargestFirst() {
        assertThat(StratifiedSample.quotas(new long[] {10, 10, 10}, 10)).containsExactly(4, 3, 3);
        assertThat(StratifiedSample.quotas(new long[] {1, 98, 1}, 50)).containsExactly(1, 49, 0);
        assertThat(StratifiedSample.quotas(new long[] {3, 2}, 9)).containsExactly(3, 2);
    }

    private static List<String> ids(Dataset<Row> rows) {
        return rows.select("rowId").collectAsList().stream()
                .map(row -> row.getString(0))
                .sorted()
                .toList();
    }

    private static Dataset<Row> examples() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            double truth = i < 60 ? 5 : i < 90 ? 4 : 1;
            long earlier = i < 60 ? 0 : i < 90 ? 7 : 100;
            rows.add(RowFactory.create("row-" + i, truth, earlier));
        }
        return SparkTest.spark().createDataFrame(rows, SCHEMA);
    }
}
