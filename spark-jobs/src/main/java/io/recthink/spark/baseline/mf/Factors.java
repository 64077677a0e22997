package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.Random;

/**
 * Biases and factors of the users, or of the items, of one block.
 *
 * @param biases [size]
 * @param values [size, d], one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Factors(float[] biases, float[] values) implements Serializable {
    private static final double START_DEVIATION = 0.1;

    /** Biases of 0 and factors from N(centre, 0.1), a function of the seed alone. */
    static Factors start(int size, int factors, float centre, long seed) {
        Random random = new Random(seed); // its normal numbers are specified, those of newer generators are not
        float[] values = new float[Math.multiplyExact(size, factors)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (centre + START_DEVIATION * random.nextGaussian());
        }
        return new Factors(new float[size], values);
    }

    /** A copy to be changed by a pass: what a task was given must stay, it may be given again. */
    Factors copy() {
        return new Factors(biases.clone(), values.clone());
    }
}
