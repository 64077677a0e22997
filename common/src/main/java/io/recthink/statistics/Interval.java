package io.recthink.statistics;

import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** A confidence interval. */
public record Interval(double low, double high) {
    /**
     * The percentile interval of a resampled metric, interpolated linearly (type 7 of Hyndman and Fan).
     *
     * @param values the metric of each resample, at least one
     * @param confidence the share of the values that the interval covers, between 0 and 1
     */
    public static Interval percentile(double[] values, double confidence) {
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(values);
        double tail = 100 * (1 - confidence) / 2;
        return new Interval(percentile.evaluate(tail), percentile.evaluate(100 - tail));
    }

    /** Whether the interval does not contain zero. */
    public boolean excludesZero() {
        return low > 0 || high < 0;
    }
}
