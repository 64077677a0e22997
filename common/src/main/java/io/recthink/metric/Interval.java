package io.recthink.metric;

/** A confidence interval. */
public record Interval(double low, double high) {
    /** Whether the interval leaves zero out. */
    public boolean excludesZero() {
        return low > 0 || high < 0;
    }
}
