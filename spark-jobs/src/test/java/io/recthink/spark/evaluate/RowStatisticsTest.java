package io.recthink.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.spark.SparkTest;
import io.recthink.spark.table.RatingGrid;
import io.recthink.statistics.LinearRegression;
import io.recthink.statistics.Referee;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RowStatisticsTest {
    private static final RatingScale SCALE =
            new RatingScale(new RatingGrid(1, 5, 1), new double[] {1, 2, 3, 4, 5}, new double[] {1, 2, 3, 4, 5});

    private final JavaSparkContext context =
            JavaSparkContext.fromSparkContext(SparkTest.spark().sparkContext());

    @Test
    void leastAbsoluteDeviationsReachTheSumOfALinearProgram() throws IOException {
        Referee referee = Referee.read();
        double[] target = referee.numbers("regression/target");
        List<Row> rows = IntStream.range(0, target.length)
                .mapToObj(i -> {
                    double[] x = referee.numbers("regression/features/" + i);
                    return RowFactory.create(x[0], x[1], x[2], x[3], target[i]);
                })
                .toList();
        StructType schema = new StructType();
        for (String name : List.of("a", "b", "c", "d", "truth")) {
            schema = schema.add(name, DataTypes.DoubleType, false);
        }
        Dataset<Row> table = SparkTest.spark().createDataFrame(rows, schema);
        List<Column> features =
                List.of("a", "b", "c", "d").stream().map(functions::col).toList();

        LinearRegression start = new LinearRegression(3, List.of(0.0, 0.0, 0.0, 0.0));
        LinearRegression fit = LeastAbsoluteDeviations.fit(table, features, start);

        double sum = rows.stream()
                .mapToDouble(row -> Math.abs(row.getDouble(4)
                        - fit.predict(row.getDouble(0), row.getDouble(1), row.getDouble(2), row.getDouble(3))))
                .sum();
        double least = referee.at("leastAbsoluteDeviations/sum").asDouble();
        assertThat(sum).isBetween(least - 1e-6, least * 1.0005);
        assertThat(LeastAbsoluteDeviations.fit(table.repartition(5), features, fit)
                        .predict(1, 2, 3, 4))
                .isCloseTo(fit.predict(1, 2, 3, 4), within(1e-2));
        // To the bit, whether one task goes round by round through all rows or several go through some.
        assertThat(LeastAbsoluteDeviations.fit(table.repartition(5), features, start, 30))
                .isEqualTo(fit);
    }

    @Test
    void rankedProbabilityScoresAreThoseOfAnIntegral() throws IOException {
        Referee referee = Referee.read();
        double[] truths = referee.numbers("crps/truth");
        for (int i = 0; i < truths.length; i++) {
            List<Double> probabilities = new ArrayList<>();
            for (JsonNode p : referee.at("crps/probabilities/" + i)) {
                probabilities.add(p.asDouble());
            }
            assertThat(PredictedRows.crps(probabilities, truths[i], SCALE))
                    .isCloseTo(referee.at("crps/score/" + i).asDouble(), within(1e-9));
        }
    }

    @Test
    void oneUserWithManyRowsIsCountedLikeAnyOther() {
        // 40,000 rows: 8e8 pairs, which nobody could list.
        int rows = 40_000;
        JavaRDD<PredictedRow> scored = context.parallelize(
                IntStream.range(0, rows)
                        .mapToObj(i -> row(1 + i % 5, i % 5 == 4 ? -1 : i % 5, 1))
                        .toList(),
                4);
        double[] accuracies = PairwiseAccuracy.of(scored, SCALE, 2);
        // The fives are predicted lowest: 4 of the 10 pairs of ratings are the wrong way round.
        assertThat(accuracies[0]).isCloseTo(0.6, within(1e-12));
        assertThat(accuracies[1]).isEqualTo(0.5);
    }

    @Test
    void tenthsHoldEqualPredictionsTogether() {
        JavaRDD<PredictedRow> scored = context.parallelize(
                IntStream.range(0, 100)
                        .mapToObj(i -> row(1 + i % 5, i, i < 80 ? 5 : 1))
                        .toList(),
                3);
        List<ValueRanks> ranks = ValueRanks.of(scored, SCALE, new long[] {20, 20, 20, 20, 20}, 2);
        assertThat(IntStream.range(0, 100).map(i -> ranks.get(0).bin(i)).boxed())
                .containsExactlyElementsOf(
                        IntStream.range(0, 100).map(i -> i / 10).boxed().toList());
        assertThat(ranks.get(1).modalShare()).isEqualTo(0.8);
        assertThat(ranks.get(1).bin(1)).isEqualTo(1);
        assertThat(ranks.get(1).bin(5)).isEqualTo(9);
    }

    private static PredictedRow row(double truth, double... yhat) {
        return new PredictedRow("user", truth, new int[0], yhat, new boolean[yhat.length], new double[yhat.length]);
    }
}
