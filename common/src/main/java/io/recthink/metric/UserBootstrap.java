package io.recthink.metric;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * The paired, user-clustered bootstrap: users are drawn with replacement, as many as there are, with all their rows; a
 * draw is the same for all systems. Intervals are percentiles of the resampled metric, interpolated linearly. The same
 * errors in the same order of users, and the same seed, give the same intervals to the bit, on any number of threads.
 */
public final class UserBootstrap {
    private final double confidence;
    // [system, resample]
    private final double[][] maes;
    private final double[][] rmses;

    /**
     * Draws the resamples.
     *
     * @param errors at least one user
     * @param resamples how many times the users are drawn
     * @param confidence the share of the resamples that an interval covers, between 0 and 1
     */
    public UserBootstrap(UserErrors errors, int resamples, double confidence, long seed) {
        if (errors.users() == 0) {
            throw new IllegalArgumentException("a bootstrap needs at least one user");
        }
        this.confidence = confidence;
        this.maes = new double[errors.systems()][resamples];
        this.rmses = new double[errors.systems()][resamples];
        SplittableRandom seeds = new SplittableRandom(seed);
        long[] resampleSeeds = seeds.longs(resamples).toArray();
        IntStream.range(0, resamples).parallel().forEach(resample -> draw(errors, resampleSeeds[resample], resample));
    }

    private void draw(UserErrors errors, long seed, int resample) {
        SplittableRandom random = new SplittableRandom(seed);
        int users = errors.users();
        int[] counts = new int[users];
        for (int draw = 0; draw < users; draw++) {
            // The upper half of 64 random bits, scaled to the users: plain enough to be repeated elsewhere.
            counts[(int) (((random.nextLong() >>> 32) * users) >>> 32)]++;
        }
        double[] totals = new double[errors.width()];
        long rows = errors.addWeighted(counts, totals);
        for (int system = 0; system < errors.systems(); system++) {
            maes[system][resample] = totals[system] / rows;
            rmses[system][resample] = Math.sqrt(totals[errors.systems() + system] / rows);
        }
    }

    /** The interval of the MAE of a system. */
    public Interval mae(int system) {
        return interval(maes[system]);
    }

    /** The interval of the RMSE of a system. */
    public Interval rmse(int system) {
        return interval(rmses[system]);
    }

    /** The interval of the MAE of a system minus that of the reference, on the same draws. */
    public Interval maeDifference(int system, int reference) {
        double[] differences = new double[maes[system].length];
        Arrays.setAll(differences, resample -> maes[system][resample] - maes[reference][resample]);
        return interval(differences);
    }

    private Interval interval(double[] values) {
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(values);
        double tail = 100 * (1 - confidence) / 2;
        return new Interval(percentile.evaluate(tail), percentile.evaluate(100 - tail));
    }
}
