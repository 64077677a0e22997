package io.recthink.learn;

import java.io.Serializable;

/**
 * Statistics of a part of an optimizer step: sums that add up over the parts.
 *
 * @param loss the part's share of the loss of the step
 * @param tokens completion tokens
 * @param sequences completions
 * @param entropySum sum over the completion tokens of the policy's entropy in nats, at the sampling temperature
 * @param klSum sum over the completion tokens of the k3 estimate of the KL divergence to the reference, in nats
 * @param clippedTokens tokens that the clip or the importance cap limits
 * @param logpDifferenceSum sum of the absolute differences between the log-probabilities of learner and sampler
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
    /** The statistics of no tokens. */
    public static final GradientStatistics ZERO = new GradientStatistics(0, 0, 0, 0, 0, 0, 0, 0);

    /** Returns the statistics of both parts. */
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
