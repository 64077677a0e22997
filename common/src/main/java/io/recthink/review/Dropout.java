package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;

/**
 * Draws which values of a layer are dropped in a training step. Values that stay are divided by the probability that they
 * stay.
 */
public final class Dropout {
    private final double probability;
    private final SplittableRandom random;

    private Dropout(double probability, SplittableRandom random) {
        this.probability = probability;
        this.random = random;
    }

    /** No value is dropped. */
    public static Dropout off() {
        return new Dropout(0, new SplittableRandom(0));
    }

    /**
     * Each value is dropped with a probability.
     *
     * @param probability from 0, below 1
     * @param seed of the draws of one step
     */
    public static Dropout of(double probability, long seed) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("the probability must be from 0, below 1 (was " + probability + ")");
        }
        return new Dropout(probability, new SplittableRandom(seed));
    }

    /** Factors of the next layer; a tensor without elements when nothing is dropped. */
    NDArray next(NDManager manager, long rows, long columns) {
        if (probability == 0) {
            return manager.create(new float[0]);
        }
        float kept = (float) (1 / (1 - probability));
        float[] factors = new float[Math.toIntExact(rows * columns)];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = random.nextDouble() < probability ? 0 : kept;
        }
        return manager.create(factors, new Shape(rows, columns));
    }
}
