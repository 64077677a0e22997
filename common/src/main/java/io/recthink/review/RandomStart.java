package io.recthink.review;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The first values of a network. Each parameter has random numbers of its own, which depend on the seed and its name.
 *
 * @param mean the mean of the train ratings
 */
record RandomStart(double mean, long seed) {
    private static final double RANGE = 0.1;
    private static final double CUT = 2;

    float[] values(Parameter parameter) {
        SplittableRandom random = new SplittableRandom(
                seed ^ (0x9E3779B97F4A7C15L * parameter.name().hashCode()));
        long[] shape = parameter.shape().getShape();
        float[] values = new float[Math.toIntExact(parameter.shape().size())];
        int columns = values.length / Math.max(1, (int) shape[0]);
        switch (parameter.start()) {
            case ZERO -> {}
            case TENTH -> Arrays.fill(values, (float) RANGE);
            case MEAN -> Arrays.fill(values, (float) mean);
            case UNIFORM -> uniform(values, RANGE, random);
            case WORDS -> {
                uniform(values, RANGE, random);
                Arrays.fill(values, 0, columns, 0);
            }
            case IDS -> {
                uniform(values, RANGE, random);
                Arrays.fill(values, values.length - 2 * columns, values.length, 0);
            }
            case XAVIER -> uniform(values, Math.sqrt(6.0 / ((shape[0] + shape[1]) * shape[2])), random);
            case NORMAL -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (RANGE * cutNormal(random));
                }
            }
        }
        return values;
    }

    private static void uniform(float[] values, double range, SplittableRandom random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (range * (2 * random.nextDouble() - 1));
        }
    }

    /** A number of the standard normal distribution that is at most 2 away from 0. */
    private static double cutNormal(SplittableRandom random) {
        double drawn = random.nextGaussian();
        while (Math.abs(drawn) > CUT) {
            drawn = random.nextGaussian();
        }
        return drawn;
    }
}
