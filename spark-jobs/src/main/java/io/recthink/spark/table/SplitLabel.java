package io.recthink.spark.table;

import java.time.Instant;

/**
 * How a data set was split, in words that belong under every table of its results.
 *
 * @param kind the rule
 * @param label its name in a table
 * @param warning what the split wrongly reveals to a model; empty for a sound split
 * @param validationFrom the first time of the validation split, ISO 8601 in UTC; null when time does not decide
 * @param testFrom the first time of the test split; null when time does not decide
 */
public record SplitLabel(SplitKind kind, String label, String warning, String validationFrom, String testFrom) {
    /** One cut in time for all users: no train row is later than a test row. */
    public static SplitLabel globalTime(Instant validationFrom, Instant testFrom) {
        return new SplitLabel(
                SplitKind.GLOBAL_TIME, "global time split", "", validationFrom.toString(), testFrom.toString());
    }

    /** The last row of each user is a test row. */
    public static SplitLabel perUserLast() {
        return new SplitLabel(
                SplitKind.PER_USER_LAST,
                "last row of each user (leaky)",
                "train rows of other users are later than many test rows: a model knows how items fared after the moment"
                        + " that it predicts. Not comparable with a global time split",
                null,
                null);
    }

    /** Rows are drawn at random, regardless of time. */
    public static SplitLabel random() {
        return new SplitLabel(
                SplitKind.RANDOM,
                "random split (leaky)",
                "train rows, of the same user too, are later than many test rows: a model interpolates between the past"
                        + " and the future. Not comparable with a global time split",
                null,
                null);
    }

    /** The label of a data set of the first version, which knew only one rule and did not record it. */
    static SplitLabel unwritten() {
        return new SplitLabel(SplitKind.GLOBAL_TIME, "global time split", "", null, null);
    }
}
