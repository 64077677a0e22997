package io.recthink.spark.table;

import java.time.Instant;

/**
 * How a data set was divided, in words that belong under every table measured on it.
 *
 * @param kind the rule
 * @param label its name in a table
 * @param warning what it lets a model know that it should not; empty for a sound split
 * @param validationFrom the first time of the validation split, ISO 8601 in UTC; null where time does not decide
 * @param testFrom the first time of the test split; null where time does not decide
 */
public record SplitLabel(SplitKind kind, String label, String warning, String validationFrom, String testFrom) {
    /** One cut in time for everybody: nothing that a model learns from is later than what it is tested on. */
    public static SplitLabel globalTime(Instant validationFrom, Instant testFrom) {
        return new SplitLabel(
                SplitKind.GLOBAL_TIME, "global time split", "", validationFrom.toString(), testFrom.toString());
    }

    /** The last row of each user is tested. */
    public static SplitLabel perUserLast() {
        return new SplitLabel(
                SplitKind.PER_USER_LAST,
                "last row of each user (leaky)",
                "train rows of other users are later than many test rows: a model knows how items fared after the moment"
                        + " that it predicts. Not comparable with a global time split",
                null,
                null);
    }

    /** Rows are drawn regardless of time. */
    public static SplitLabel random() {
        return new SplitLabel(
                SplitKind.RANDOM,
                "random split (leaky)",
                "train rows, of the same user too, are later than many test rows: a model interpolates between the past"
                        + " and the future. Not comparable with a global time split",
                null,
                null);
    }

    /** Where a data set does not say: the first version knew one rule only, and did not write it down. */
    static SplitLabel unwritten() {
        return new SplitLabel(SplitKind.GLOBAL_TIME, "global time split", "", null, null);
    }
}
