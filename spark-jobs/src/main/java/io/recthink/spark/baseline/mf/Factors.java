package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.Random;

/**
 * The biases and factors of the users, or of the items, of one block.
 *
 * @param biases [size]
 * @param values [size, d], row by row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Factors(float[] biases, float[] values) implements Serializable {
    private static final double START_DEVIATION = 0.1;

    /** The start: biases of 0 and factors from N(centre, 0.1). It depends only on the seed. */
    static Factors start(int size, int factors, float centre, long seed) {
        Random random = new Random(seed); // java.util.Random specifies its normal numbers, newer generators do not
        float[] values = new float[Math.multiplyExact(size, factors)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (centre + START_DEVIATION * random.nextGaussian());
        }
        return new Factors(new float[size], values);
    }

    /** A copy that a pass may change. The input of a task must not change, because the task may be repeated. */
    Factors copy() {
        return new Factors(biases.clone(), values.clone());
    }
}
