package io.recthink.spark.evaluate;

import io.recthink.statistics.Interval;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One row of the table. Numbers that are not defined, such as the rank correlation of a constant, are NaN.
 *
 * @param rows the number of rows it is scored on, failed ones included
 * @param failed how many of them are predicted by the fallback
 * @param beatsPromptMeans whether it has a smaller error, MAE for medians and RMSE for means, than the regression of the
 *     same kind on the numbers that a prompt may show
 * @param unranked whether more rows have failed than a system with a rank may have
 */
public record ComparisonRow(
        SystemKey key,
        Kind kind,
        long rows,
        long failed,
        Errors errors,
        Difference difference,
        Shape shape,
        boolean beatsPromptMeans,
        boolean unranked,
        OptionalInt rankByMae,
        OptionalInt rankByRmse) {
    /** The mark of a row that failed too often to have a rank. */
    public static final String UNRANKED = " \u2021";

    /** Where a system comes from. */
    public enum Kind {
        TRIVIAL,
        SAVED,
        ISOTONIC
    }

    /**
     * How far the predictions are from the truths.
     *
     * @param parsedMae the MAE without the failed rows; empty when all have failed
     * @param userMae the mean over users of the MAE of their rows
     * @param macroMae the mean over the true ratings of the MAE of their rows
     * @param roundedMae the MAE after rounding to the ratings that the scale has
     * @param skillMae 1 - MAE / MAE of the constant median
     * @param skillMse 1 - MSE / MSE of the global mean
     * @param crps the mean continuous ranked probability score; empty without probabilities
     */
    public record Errors(
            double mae,
            Interval maeInterval,
            double rmse,
            Interval rmseInterval,
            OptionalDouble parsedMae,
            OptionalDouble parsedRmse,
            double userMae,
            double macroMae,
            double roundedMae,
            double skillMae,
            double skillMse,
            OptionalDouble crps) {}

    /**
     * The MAE minus that of the reference, on the same resamples.
     *
     * @param pValue two-sided, of no difference
     * @param adjusted the same after Holm's correction for all rows of the table
     */
    public record Difference(double mae, Interval interval, double pValue, double adjusted) {}

    /**
     * What the predictions are like.
     *
     * @param spearman the rank correlation with the truths, over all rows
     * @param pairAccuracy the share of the pairs of one user's rows that are ordered rightly
     * @param slope of the truths on the predictions: below 1 when these are spread too far
     * @param intercept of the same line
     * @param bias the mean prediction minus the mean truth
     * @param varianceRatio of the predictions to the truths
     * @param integerShare the share of whole numbers
     * @param modalShare the share of the most frequent prediction
     */
    public record Shape(
            double spearman,
            double pairAccuracy,
            double slope,
            double intercept,
            double bias,
            double varianceRatio,
            double integerShare,
            double modalShare) {}

    public boolean trivial() {
        return kind == Kind.TRIVIAL;
    }

    public double failedPercent() {
        return 100.0 * failed / rows;
    }

    /** What stands behind the name of the system for readers to look up in the notes. */
    public String marks() {
        return (marked() ? " *" : "") + (unranked ? UNRANKED : "");
    }

    /** Whether a reader must be told that the numbers of a prompt alone do better. */
    public boolean marked() {
        return kind != Kind.TRIVIAL && !beatsPromptMeans;
    }
}
