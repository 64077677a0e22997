package io.recthink.learn;

import java.io.Serializable;

/**
 * What happened in a part of an optimiser step, as sums that add up over the parts.
 *
 * @param loss the part's share of the loss of the step
 * @param tokens completion tokens
 * @param sequences completions
 * @param entropySum entropy of the policy at each completion token, in nats, at the sampling temperature
 * @param klSum k3 estimate of the KL divergence to the reference at each completion token, in nats
 * @param clippedTokens tokens that the clip held back
 * @param logpDifferenceSum absolute differences between the log-probabilities here and those of the sampler
 * @param logpDifferenceMax the largest of these differences
 */
public record GradientStatistics(
        double loss,
        long tokens,
        long sequences,
        double entropySum,
        double klSum,
        long clippedTokens,
        double logpDifferenceSum,
        double logpDifferenceMax)
        implements Serializable {
    /** Of nothing. */
    public static final GradientStatistics ZERO = new GradientStatistics(0, 0, 0, 0, 0, 0, 0, 0);

    /** Of both parts. */
    public GradientStatistics plus(GradientStatistics other) {
        return new GradientStatistics(
                loss + other.loss,
                tokens + other.tokens,
                sequences + other.sequences,
                entropySum + other.entropySum,
                klSum + other.klSum,
                clippedTokens + other.clippedTokens,
                logpDifferenceSum + other.logpDifferenceSum,
                Math.max(logpDifferenceMax, other.logpDifferenceMax));
    }
}
