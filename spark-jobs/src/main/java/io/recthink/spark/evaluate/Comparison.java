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
 * All that {@code compare} finds out.
 *
 * @param rows trivial predictors first
 * @param reference the system that differences are taken to
 * @param focus the system of the second block, when there is one
 * @param focusRows the second block
 * @param seeds systems with several seeds
 * @param slices parts of the rows
 * @param calibration tenths of the predictions, of each system
 * @param costs of the saved systems
 * @param notes what a reader must know of the rows, a sentence each
 * @param origins which policies have predicted, of those of which it is known
 * @param traces what the traces of the systems are like that have some
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
        Map<SystemKey, TraceSummary> traces) {
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
    }

    /** The same with what the traces are like. */
    Comparison with(Map<SystemKey, TraceSummary> summaries) {
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
                summaries);
    }

    /** The training that a system is of, or that it maps the answers of; nothing where there is none. */
    public Optional<PolicyOrigin.Training> training(SystemKey key) {
        return origins.stream()
                .filter(origin -> key.system().equals(origin.system())
                        || key.system().equals(origin.system() + IsotonicRow.SUFFIX))
                .map(PolicyOrigin::training)
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** The system in focus against another row. */
    public record FocusRow(SystemKey other, double difference, Interval interval, double adjusted) {}

    /** A read-out over the seeds of its training: means and sample deviations. */
    public record SeedRow(
            String system, String readout, int seeds, double mae, double maeSd, double rmse, double rmseSd) {}

    /**
     * A part of the rows.
     *
     * @param rows how many
     * @param scores by system, in the order of the table; empty when the part is too small
     */
    public record SliceRow(String group, String name, long rows, List<SliceError> scores) {
        public SliceRow {
            scores = List.copyOf(scores);
        }
    }

    /** The MAE of one system in one part. */
    public record SliceError(SystemKey key, double mae, Interval interval) {}

    /**
     * Rows with similar predictions.
     *
     * @param bin the tenth, from 0; some are empty when many predictions are equal
     * @param prediction the mean prediction
     * @param truth the mean truth
     */
    public record CalibrationBin(
            SystemKey key, int bin, long rows, double prediction, double truth, Interval interval) {}

    /**
     * What predictions cost.
     *
     * @param lengthCorrelation Pearson's, of the generated tokens with |e|; empty when all are of one length
     * @param training what it took until it could predict, where that is known
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
