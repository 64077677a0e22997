package io.recthink.spark.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.SparkTest;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class AnswersTest {
    @Test
    void changesAreCountedOverTheRowsThatWereAnsweredTwice() {
        Dataset<Row> before = predictions(3, 4, 5, Double.NaN, 2);
        Dataset<Row> after = predictions(3, 5, 2, 4, Double.NaN);
        Answers answers = Answers.of("probe", before, after);
        assertThat(answers.rows()).isEqualTo(3);
        assertThat(answers.changed()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(answers.shift()).isCloseTo((0 + 1 - 3) / 3.0, within(1e-12));
        assertThat(answers.distance()).isCloseTo((0 + 1 + 3) / 3.0, within(1e-12));
    }

    @Test
    void withoutAnyAnswerNothingIsClaimed() {
        Answers answers = Answers.of("probe", predictions(Double.NaN, 3), predictions(3, Double.NaN));
        assertThat(answers.rows()).isZero();
        assertThat(answers.changed()).isNull();
    }

    @Test
    void theSpreadOfSamplesIsTheMeanOfTheirStandardDeviations() {
        // n - 1: the ratings 2 and 4 have the standard deviation sqrt(2), 5, 5 and 5 have none, a single one says
        // nothing.
        Spread spread = Spread.of(
                ratings(
                        Arrays.asList(2.0, 4.0, null),
                        Arrays.asList(5.0, 5.0, 5.0),
                        Arrays.asList(null, null, 1.0),
                        Arrays.asList(null, null, null)),
                3);
        assertThat(spread.rows()).isEqualTo(2);
        assertThat(spread.standardDeviation()).isCloseTo(Math.sqrt(2) / 2, within(1e-12));
        assertThat(spread.unanimous()).isEqualTo(0.5);
        assertThat(spread.unreadable()).isEqualTo(0.5);
    }

    /** NaN stands for a failure. */
    private static Dataset<Row> predictions(double... answers) {
        StructType schema = new StructType()
                .add("rowId", DataTypes.IntegerType)
                .add("yhat", DataTypes.DoubleType)
                .add("failed", DataTypes.BooleanType);
        Row[] rows = new Row[answers.length];
        for (int i = 0; i < rows.length; i++) {
            boolean failed = Double.isNaN(answers[i]);
            rows[i] = RowFactory.create(i, failed ? 1.0 : answers[i], failed);
        }
        return SparkTest.spark().createDataFrame(Arrays.asList(rows), schema);
    }

    @SafeVarargs
    private static Dataset<Row> ratings(List<Double>... samples) {
        StructType schema = new StructType()
                .add("rowId", DataTypes.IntegerType)
                .add("ratings", DataTypes.createArrayType(DataTypes.DoubleType));
        Row[] rows = new Row[samples.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = RowFactory.create(i, samples[i].toArray());
        }
        return SparkTest.spark().createDataFrame(Arrays.asList(rows), schema);
    }
}
