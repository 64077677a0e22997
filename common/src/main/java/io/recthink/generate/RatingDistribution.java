package io.recthink.generate;

import java.util.Arrays;
import java.util.Optional;

/**
 * The probabilities of all legal ratings after a prefix, at temperature 1. The arrays belong to the distribution; do
 * not change them.
 *
 * @param ratings from the lowest to the highest
 * @param probabilities of each rating; 0 for a rating that the tokenizer cannot write; their sum is 1
 * @param mass sum of the probabilities before they were normalised: the probability that the model gives to legal
 *     ratings, each written in the one way in which the tokenizer writes it
 * @param tokens number of tokens that were scored, without the tokens that all ratings share
 */
@SuppressWarnings("ArrayRecordComponent") // one number a rating; never compared
public record RatingDistribution(double[] ratings, double[] probabilities, double mass, int tokens) {
    private static final double HALF = 0.5;

    /**
     * Normalises probabilities.
     *
     * @param logProbabilities natural logarithms; -infinity for a rating without a probability
     * @return empty where no rating has a probability
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

    /** Returns the logarithm of the sum of numbers from their logarithms, also of very small numbers. */
    static double logOfSum(double[] logarithms) {
        double largest = Arrays.stream(logarithms).max().orElse(Double.NEGATIVE_INFINITY);
        return largest == Double.NEGATIVE_INFINITY
                ? largest
                : largest
                        + Math.log(Arrays.stream(logarithms)
                                .map(logarithm -> Math.exp(logarithm - largest))
                                .sum());
    }

    /** The mean of the ratings, for squared errors. */
    public double expectation() {
        double sum = 0;
        for (int i = 0; i < ratings.length; i++) {
            sum += probabilities[i] * ratings[i];
        }
        return Math.max(ratings[0], Math.min(ratings[ratings.length - 1], sum)); // rounding must not leave the scale
    }

    /**
     * The median for absolute errors: the lowest rating at which the sum of the probabilities from the lowest rating on
     * reaches one half.
     */
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
