package io.recthink.spark.compare;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.ExplainedRow;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.TrainingCost;
import io.recthink.statistics.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A comparison of two systems with numbers that are easy to find again. */
final class ExampleComparison {
    static final SystemKey BIAS = SystemKey.of("bias", "expectation", 0);
    static final SystemKey GRPO = SystemKey.of("grpo, <b>late</b>", "greedy", 7);

    private static final TrainingCost TRAINING =
            new TrainingCost(GRPO.system(), null, 1234, 17, 5678, 1, 1, 1, 5400, 8, "cpu");

    static final List<PolicyOrigin> ORIGINS = List.of(new PolicyOrigin(
            GRPO.system(),
            "/runs/1/step-000000/policy",
            "aa",
            null,
            new PolicyOrigin.Training("/runs/1", "train", 0, true, "loss: huber\n")));

    private ExampleComparison() {}

    static Comparison comparison() {
        return new Comparison(
                List.of(
                        row(BIAS, ComparisonRow.Kind.TRIVIAL, 0, 0.75, 0),
                        row(GRPO, ComparisonRow.Kind.SAVED, 5, 0.8123456789012345, 0.0623456789012345)),
                BIAS,
                0.95,
                Optional.of(GRPO),
                List.of(new Comparison.FocusRow(BIAS, 0.0623456789012345, new Interval(-0.01, 0.1), 0.25)),
                List.of(),
                List.of(slice("1-4", 60), slice("5-19", 90), new Comparison.SliceRow("activity", "20+", 7, List.of())),
                List.of(BIAS, GRPO).stream()
                        .flatMap(key -> IntStream.range(0, 10)
                                .mapToObj(bin -> new Comparison.CalibrationBin(
                                        key,
                                        bin,
                                        4,
                                        1 + 0.4 * bin,
                                        1.2 + 0.35 * bin,
                                        new Interval(1 + 0.35 * bin, 1.4 + 0.35 * bin))))
                        .toList(),
                List.of(new Comparison.CostRow(
                        GRPO, 400, 500, 20, 30, 100.5, 200.25, 5, OptionalDouble.empty(), Optional.of(TRAINING))),
                List.of("Two rows."),
                ORIGINS,
                Map.of(),
                List.of(new ExplainedRow(
                        GRPO,
                        "row7",
                        "Strings & <b>picks</b>",
                        4,
                        3.456,
                        List.of(
                                new ExplainedRow.WeighedReview("r1", 0.625, "They <i>last</i> & last"),
                                new ExplainedRow.WeighedReview("r2", 0.25, "")))));
    }

    private static Comparison.SliceRow slice(String name, long rows) {
        return new Comparison.SliceRow(
                "activity",
                name,
                rows,
                List.of(
                        new Comparison.SliceError(BIAS, 0.7, new Interval(0.6, 0.8)),
                        new Comparison.SliceError(GRPO, 0.8, new Interval(0.7, 0.9))));
    }

    private static ComparisonRow row(
            SystemKey key, ComparisonRow.Kind kind, long failed, double mae, double difference) {
        return new ComparisonRow(
                key,
                kind,
                40,
                failed,
                new ComparisonRow.Errors(
                        mae,
                        new Interval(mae - 0.1, mae + 0.1),
                        1,
                        new Interval(0.9, 1.1),
                        OptionalDouble.of(0.7),
                        OptionalDouble.of(0.9),
                        0.71,
                        0.72,
                        0.73,
                        0.25,
                        -0.5,
                        OptionalDouble.empty()),
                new ComparisonRow.Difference(difference, new Interval(-0.01, 0.1), 0.125, 0.25),
                new ComparisonRow.Shape(Double.NaN, 0.5, 0.9, 0.3, -0.2, 0.4, 0.75, 0.6),
                false,
                false,
                OptionalInt.of(2),
                OptionalInt.empty());
    }
}
