package io.recthink.spark.evaluate;

import io.recthink.statistics.Interval;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One row of the table. An undefined number, such as the rank correlation of a constant, is NaN.
 *
 * @param rows number of scored rows, failed rows included
 * @param failed number of failed rows; they have the prediction of the bias model
 * @param beatsPromptMeans whether the error is smaller than the error of the prompt-means regression of the same kind:
 *     MAE for a median read-out, RMSE for a mean read-out
 * @param unranked whether the share of failed rows exceeds {@code validation.maxFailed}
 * @param rankByMae rank among the read-outs that MAE ranks; empty for other read-outs and unranked rows
 * @param rankByRmse the same for RMSE
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
    /** Mark of a row whose share of failed rows is too large for a rank. */
    public static final String UNRANKED = " \u2021";

    /** Origin of the predictions of a row. */
    public enum Kind {
        TRIVIAL,
        SAVED,
        ISOTONIC
    }

    /**
     * The errors of one system, e = prediction - truth.
     *
     * @param parsedMae the MAE without the failed rows; empty when all rows failed
     * @param userMae the mean over users of each user's MAE
     * @param macroMae the mean over the true ratings of the MAE of their rows
     * @param roundedMae the MAE after rounding to the nearest rating of the scale
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
     * The MAE minus the MAE of the reference, on the same resamples.
     *
     * @param pValue two-sided p-value of the hypothesis of no difference
     * @param adjusted the p-value after Holm's correction over the rows of the table
     */
    public record Difference(double mae, Interval interval, double pValue, double adjusted) {}

    /**
     * The distribution of the predictions and its relation to the truths.
     *
     * @param spearman rank correlation of predictions and truths over all rows
     * @param pairAccuracy share of the pairs of rows of one user that the predictions order correctly
     * @param slope slope of the regression of truths on predictions; below 1: the predictions are spread too far
     * @param intercept intercept of this regression
     * @param bias mean prediction minus mean truth
     * @param varianceRatio variance of the predictions / variance of the truths
     * @param integerShare share of whole numbers among the predictions
     * @param modalShare share of the most frequent prediction
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

    /** The marks that the table prints after the system's name; the notes of the table explain them. */
    public String marks() {
        return (marked() ? " *" : "") + (unranked ? UNRANKED : "");
    }

    /** Whether the row has the mark for systems that do not beat the prompt-means regression. */
    public boolean marked() {
        return kind != Kind.TRIVIAL && !beatsPromptMeans;
    }
}
