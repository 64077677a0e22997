package io.recthink.statistics;

import java.io.Serializable;

/**
 * The bias model yhat = mu + b_u + b_i (Koren, Bell and Volinsky 2009), fitted by alternating damped means. mu is the
 * mean of the training ratings. The fit starts from b_u = 0. Each alternation first sets every b_i, then every b_u, to
 * {@link #damped} of the residuals. Unknown users and items have bias 0.
 */
public record BiasModel(double mean, double min, double max) implements Serializable {
    /** The number of alternations of a fit. */
    public static final int ALTERNATIONS = 15;

    /** The number of imagined ratings without bias that a user or an item starts with. */
    public static final double DAMPING = 10;

    /** The damped mean of residuals: their sum divided by {@code count} + {@link #DAMPING}. */
    public static double damped(double residuals, long count) {
        return residuals / (count + DAMPING);
    }

    /** The prediction, clipped to the scale. Only predictions are clipped, never the fit. */
    public double predict(double userBias, double itemBias) {
        return Math.max(min, Math.min(max, mean + userBias + itemBias));
    }
}
