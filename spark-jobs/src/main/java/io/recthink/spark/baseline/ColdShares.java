package io.recthink.spark.baseline;

import java.util.Locale;

/**
 * How many of the predicted rows have a user or an item without a train rating.
 *
 * @param split the predicted split
 * @param predictedRows the number of predicted rows
 * @param coldUserShare the share of predicted rows whose user has no train rating
 * @param coldItemShare the share of predicted rows whose item has no train rating
 * @param coldBothShare the share of predicted rows whose user and item have no train rating
 */
public record ColdShares(
        String split, long predictedRows, double coldUserShare, double coldItemShare, double coldBothShare) {
    /** The shares of a table of predictions of a split. */
    public static ColdShares of(String split, PredictionTable predicted) {
        return new ColdShares(
                split,
                predicted.rows(),
                predicted.share("user", "both"),
                predicted.share("item", "both"),
                predicted.share("both"));
    }

    /** One line for people. */
    public String line() {
        return String.format(
                Locale.ROOT,
                "%,d %s rows: %.1f %% of new users, %.1f %% of new items, %.1f %% of both",
                predictedRows,
                split,
                100 * coldUserShare,
                100 * coldItemShare,
                100 * coldBothShare);
    }
}
