package io.recthink.spark.evaluate;

import io.recthink.prompt.TraceSummary;
import io.recthink.spark.table.PolicyOrigin;
import io.recthink.spark.table.TrainingCost;
import io.recthink.statistics.Interval;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The complete result of {@code compare}.
 *
 * @param rows one row for each system and read-out, trivial predictors first
 * @param reference the system from which every difference is taken
 * @param confidence confidence level of the intervals, between 0 and 1
 * @param focus the system of the second block; empty when {@code compare.focus} is empty
 * @param focusRows the second block
 * @param seeds read-outs that were predicted under several seeds
 * @param slices parts of the rows
 * @param calibration for each system, its predictions in tenths
 * @param costs cost of the saved systems
 * @param notes sentences for the reader about the rows
 * @param origins for each system with a known policy, this policy
 * @param traces summary of the traces of each system that writes thoughts
 * @param explained example rows of each system that explains its predictions by reviews
 */
public record Comparison(
        List<ComparisonRow> rows,
        SystemKey reference,
        double confidence,
        Optional<SystemKey> focus,
        List<FocusRow> focusRows,
        List<SeedRow> seeds,
        List<SliceRow> slices,
        List<CalibrationBin> calibration,
        List<CostRow> costs,
        List<String> notes,
        List<PolicyOrigin> origins,
        Map<SystemKey, TraceSummary> traces,
        List<ExplainedRow> explained) {
    public Comparison {
        rows = List.copyOf(rows);
        focusRows = List.copyOf(focusRows);
        seeds = List.copyOf(seeds);
        slices = List.copyOf(slices);
        calibration = List.copyOf(calibration);
        costs = List.copyOf(costs);
        notes = List.copyOf(notes);
        origins = List.copyOf(origins);
        traces = Map.copyOf(traces);
        explained = List.copyOf(explained);
    }

    /** This comparison with what the traces of the systems say. */
    public Comparison with(Map<SystemKey, TraceSummary> summaries, List<ExplainedRow> explanations) {
        return new Comparison(
                rows,
                reference,
                confidence,
                focus,
                focusRows,
                seeds,
                slices,
                calibration,
                costs,
                notes,
                origins,
                summaries,
                explanations);
    }

    /** The training of a system, or of the system that an {@code +iso} row maps; empty when it is not known. */
    public Optional<PolicyOrigin.Training> training(SystemKey key) {
        return origins.stream()
                .filter(origin -> key.system().equals(origin.system())
                        || key.system().equals(origin.system() + IsotonicRow.SUFFIX))
                .map(PolicyOrigin::training)
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** The focus system compared with another row. */
    public record FocusRow(SystemKey other, double difference, Interval interval, double adjusted) {}

    /** One read-out over several training seeds: means and sample standard deviations of MAE and RMSE. */
    public record SeedRow(
            String system, String readout, int seeds, double mae, double maeSd, double rmse, double rmseSd) {}

    /**
     * One slice: a part of the rows.
     *
     * @param rows number of rows
     * @param scores errors by system, in the order of the table; empty below {@link Slice#LEAST_ROWS} rows
     */
    public record SliceRow(String group, String name, long rows, List<SliceError> scores) {
        public SliceRow {
            scores = List.copyOf(scores);
        }
    }

    /** The MAE of one system in one slice. */
    public record SliceError(SystemKey key, double mae, Interval interval) {}

    /**
     * The rows of one system with similar predictions.
     *
     * @param bin the tenth, from 0; a tenth is left out when equal predictions make it empty
     * @param prediction mean prediction
     * @param truth mean truth
     * @param interval of the mean truth
     */
    public record CalibrationBin(
            SystemKey key, int bin, long rows, double prediction, double truth, Interval interval) {}

    /**
     * The cost of the predictions of one system.
     *
     * @param tokensIn mean number of prompt tokens a prediction
     * @param tokensOut mean number of generated tokens a prediction
     * @param lengthCorrelation Pearson correlation of the generated tokens with |e|; empty when all lengths or all
     *     errors are equal
     * @param training cost of the training; empty when it is not known
     */
    public record CostRow(
            SystemKey key,
            double tokensIn,
            double tokensInP95,
            double tokensOut,
            double tokensOutP95,
            double millisecondsP50,
            double millisecondsP95,
            long failed,
            OptionalDouble lengthCorrelation,
            Optional<TrainingCost> training) {}
}
