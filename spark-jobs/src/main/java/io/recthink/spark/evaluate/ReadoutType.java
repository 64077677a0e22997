package io.recthink.spark.evaluate;

/** What a read-out estimates, and so which error it is ranked by: the mean is best for RMSE, the median for MAE. */
public enum ReadoutType {
    MEAN,
    MEDIAN,
    /** A system that has one read-out only; it is ranked by both errors. */
    EITHER;

    static ReadoutType of(String readout) {
        if (readout.equals("expectation") || readout.startsWith("mean")) {
            return MEAN;
        }
        return readout.equals("greedy") || readout.startsWith("median") ? MEDIAN : EITHER;
    }

    public boolean rankedByMae() {
        return this != MEAN;
    }

    public boolean rankedByRmse() {
        return this != MEDIAN;
    }
}
