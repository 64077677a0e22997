package io.recthink.review;

import java.io.Serializable;

/**
 * Adam (Kingma and Ba, 2015) on all values of all parameters: rows of a table that a batch does not have go on by their moments.
 * Weight decay is added to the gradient.
 *
 * @param penalty factor of half the sum of squares of the penalised weights in the loss
 */
public record Adam(double learningRate, double weightDecay, double penalty) implements Serializable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    /**
     * The settings of the kernel {@code adam}.
     *
     * @param step number of the step, from 1: its corrections for the start are part of rate and epsilon
     */
    float[] settings(int step, boolean decays) {
        double second = Math.sqrt(1 - Math.pow(BETA2, step));
        return new float[] {
            (float) (learningRate * second / (1 - Math.pow(BETA1, step))),
            (float) (1 - BETA1),
            (float) (1 - BETA2),
            (float) (EPSILON * second),
            decays ? (float) weightDecay : 0
        };
    }
}
