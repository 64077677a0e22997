package io.recthink.spark.simulate;

import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * The rating of a match: {@code round(level + weight * match + noise)}, clipped to 1 to 5, with normal noise. The match
 * is the number of liked aspects of the item minus the number of disliked aspects.
 */
final class RatingModel {
    static final int STARS = 5;

    private final double level;
    private final double weight;
    private final double noise;
    private final int largestMatch;
    private final double[][] distributions; // [match + largestMatch][stars - 1]

    RatingModel(SimulateSettings settings) {
        this(settings, settings.level());
    }

    RatingModel(SimulateSettings settings, double level) {
        this.level = level;
        weight = settings.weight();
        noise = settings.noise();
        largestMatch = settings.aspectsPerItem();
        distributions = new double[2 * largestMatch + 1][];
        for (int match = -largestMatch; match <= largestMatch; match++) {
            distributions[match + largestMatch] = distribution(level + weight * match);
        }
    }

    /** Draws a rating. */
    int draw(int match, RandomGenerator random) {
        long stars = Math.round(level + weight * match + noise * random.nextGaussian());
        return (int) Math.max(1, Math.min(STARS, stars));
    }

    /** The probabilities of 1 to 5 stars; do not change the array. */
    double[] distribution(int match) {
        return distributions[match + largestMatch];
    }

    private double[] distribution(double mean) {
        // A null generator: only the distribution function is used.
        NormalDistribution normal = new NormalDistribution(null, mean, noise);
        double[] probabilities = new double[STARS];
        double below = 0;
        for (int stars = 1; stars <= STARS; stars++) {
            double upTo = stars == STARS ? 1 : normal.cumulativeProbability(stars + 0.5);
            probabilities[stars - 1] = upTo - below;
            below = upTo;
        }
        return probabilities;
    }
}
