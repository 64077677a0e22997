package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.metric.Interval;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ComparisonWriterTest {
    private static final SystemKey BIAS = new SystemKey("bias", "point", 0);
    private static final SystemKey GRPO = new SystemKey("grpo, late", "greedy", 7);
    private static final Comparison COMPARISON = new Comparison(
            List.of(
                    row(BIAS, true, 0, 0.75, 0, false),
                    row(GRPO, false, 5, 0.8123456789012345, 0.0623456789012345, false)),
            BIAS,
            0.95,
            Optional.of(GRPO),
            List.of(new FocusRow(BIAS, 0.0623456789012345, new Interval(-0.01, 0.1))),
            List.of("Two rows."));

    private final ComparisonWriter writer = new ComparisonWriter(COMPARISON);

    @Test
    void theConsoleShowsAlignedColumnsOfFourDecimals() {
        assertThat(writer.console())
                .isEqualTo(
                        """
                        system        read-out  n   failed %  MAE [95% CI]             RMSE [95% CI]            MAE - bias [95% CI]         MAE parsed
                        ------------------------------------------------------------------------------------------------------------------------------
                        bias          point     40  0.0       0.7500 [0.6500, 0.8500]  1.0000 [0.9000, 1.1000]  reference                   0.7000
                        ------------------------------------------------------------------------------------------------------------------------------
                        grpo, late *  greedy    40  12.5      0.8123 [0.7123, 0.9123]  1.0000 [0.9000, 1.1000]  +0.0623 [-0.0100, +0.1000]  0.7000
                        Two rows.
                        * does not beat prompt-means, the regression on numbers that a prompt may show.

                        MAE of grpo, late (greedy) minus that of each other row:
                        system  read-out  MAE difference [95% CI]
                        bias    point     +0.0623 [-0.0100, +0.1000]  not told apart
                        """);
    }

    @Test
    void csvKeepsFullPrecisionAndQuotesNames() {
        assertThat(writer.csv().lines().skip(2))
                .containsExactly("\"grpo, late\",greedy,7,false,40,5,0.8123456789012345,0.7123456789012346,"
                        + "0.9123456789012345,1.0,0.9,1.1,0.7,0.0623456789012345,-0.01,0.1,false");
        assertThat(writer.focusCsv().lines()).contains("bias,point,0,0.0623456789012345,-0.01,0.1");
    }

    @Test
    void markdownEscapesItsOwnSigns() {
        assertThat(writer.markdown())
                .contains("| grpo, late \\* | greedy | 40 | 12.5 | 0.8123 [0.7123, 0.9123] |")
                .contains("|---|---|---|---|---|---|---|---|");
    }

    private static ComparisonRow row(
            SystemKey key, boolean trivial, long failed, double mae, double difference, boolean beats) {
        return new ComparisonRow(
                key,
                trivial,
                40,
                failed,
                mae,
                new Interval(mae - 0.1, mae + 0.1),
                1,
                new Interval(0.9, 1.1),
                OptionalDouble.of(0.7),
                difference,
                new Interval(-0.01, 0.1),
                beats);
    }
}
