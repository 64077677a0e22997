package io.recthink.generate;

import java.util.Arrays;
import java.util.Optional;

/**
 * The probabilities of all legal ratings after a prefix, at temperature 1. The arrays belong to the distribution; do not
 * change them.
 *
 * @param ratings from the lowest to the highest
 * @param probabilities of each rating; 0 for one that the tokenizer cannot write; their sum is 1
 * @param mass what the probabilities added up to before: how much the model gives to legal ratings, each written in the one
 *     way in which the tokenizer writes it
 * @param tokens how many tokens were scored for it, beyond those that all ratings have in common
 */
@SuppressWarnings("ArrayRecordComponent") // one number a rating; never compared
public record RatingDistribution(double[] ratings, double[] probabilities, double mass, int tokens) {
    private static final double HALF = 0.5;

    /**
     * Normalises probabilities.
     *
     * @param logProbabilities natural logarithms; -infinity for a rating without one
     * @return nothing where no rating has a probability
     */
    static Optional<RatingDistribution> of(double[] ratings, double[] logProbabilities, int tokens) {
        double largest = Arrays.stream(logProbabilities).max().orElseThrow();
        if (largest == Double.NEGATIVE_INFINITY) {
            return Optional.empty();
        }
        double[] weights = Arrays.stream(logProbabilities)
                .map(logProbability -> Math.exp(logProbability - largest))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        double[] probabilities =
                Arrays.stream(weights).map(weight -> weight / sum).toArray();
        return Optional.of(new RatingDistribution(ratings, probabilities, Math.exp(largest) * sum, tokens));
    }

    /** The logarithm of the sum of numbers whose logarithms are given; of very small ones, too. */
    static double logOfSum(double[] logarithms) {
        double largest = Arrays.stream(logarithms).max().orElse(Double.NEGATIVE_INFINITY);
        return largest == Double.NEGATIVE_INFINITY
                ? largest
                : largest
                        + Math.log(Arrays.stream(logarithms)
                                .map(logarithm -> Math.exp(logarithm - largest))
                                .sum());
    }

    /** The mean, which squared errors ask for. */
    public double expectation() {
        double sum = 0;
        for (int i = 0; i < ratings.length; i++) {
            sum += probabilities[i] * ratings[i];
        }
        return Math.max(ratings[0], Math.min(ratings[ratings.length - 1], sum)); // rounding leads off no scale
    }

    /** The lowest rating at which the probabilities from the lowest on reach one half, for absolute errors. */
    public double median() {
        double below = 0;
        for (int i = 0; i < ratings.length; i++) {
            below += probabilities[i];
            if (below >= HALF) {
                return ratings[i];
            }
        }
        return ratings[ratings.length - 1];
    }
}
