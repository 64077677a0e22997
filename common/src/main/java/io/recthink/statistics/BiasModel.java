package io.recthink.statistics;

import java.io.Serializable;

/**
 * The bias model yhat = mu + b_u + b_i (Koren, Bell and Volinsky 2009) by alternating damped means: mu is the mean of
 * the training ratings; starting from b_u = 0, each alternation sets first every b_i, then every b_u, to
 * {@link #damped} of what the rest leaves over. Unknown users and items have bias 0.
 */
public record BiasModel(double mean, double min, double max) implements Serializable {
    /** Alternations of a fit. */
    public static final int ALTERNATIONS = 15;

    /** How many imagined ratings without any bias a user or an item starts with. */
    public static final double DAMPING = 10;

    /** The bias that {@code count} ratings show when they leave {@code residuals} over in sum. */
    public static double damped(double residuals, long count) {
        return residuals / (count + DAMPING);
    }

    /** The prediction, clipped to the scale; clipping happens here only, never in the fit. */
    public double predict(double userBias, double itemBias) {
        return Math.max(min, Math.min(max, mean + userBias + itemBias));
    }
}
