package io.recthink.statistics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A monotone map of predictions, fitted by pooling adjacent violators (Barlow et al. 1972). With means it minimises the
 * squared error, with medians the absolute error. The map is linear between the points of the fit and constant beyond
 * them.
 *
 * @param x the predictions, strictly ascending
 * @param y the values of the predictions, never descending
 */
public record Isotonic(List<Double> x, List<Double> y) implements Serializable {
    public Isotonic {
        x = List.copyOf(x);
        y = List.copyOf(y);
        if (x.isEmpty() || x.size() != y.size()) {
            throw new IllegalArgumentException("%d predictions and %d values".formatted(x.size(), y.size()));
        }
    }

    /** The true ratings of one prediction, or of several pooled predictions: the count of each rating. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Pool(int first, int last, long[] counts, double level) {}

    /**
     * Fits to the mean of the true ratings.
     *
     * @param predictions distinct, ascending
     * @param counts [prediction, rating]: the number of rows with this prediction and this true rating, at least one
     *     per prediction
     * @param ratings ascending
     */
    public static Isotonic means(double[] predictions, long[][] counts, double[] ratings) {
        return fit(predictions, counts, pooled -> mean(pooled, ratings));
    }

    /** Fits to the lower median of the true ratings; the parameters as for {@link #means}. */
    public static Isotonic medians(double[] predictions, long[][] counts, double[] ratings) {
        return fit(predictions, counts, pooled -> lowerMedian(pooled, ratings));
    }

    /** The value of the map at a prediction. */
    public double of(double prediction) {
        int place = java.util.Collections.binarySearch(x, prediction);
        if (place >= 0) {
            return y.get(place);
        }
        int next = -place - 1;
        if (next == 0 || next == x.size()) {
            return y.get(next == 0 ? 0 : next - 1);
        }
        double share = (prediction - x.get(next - 1)) / (x.get(next) - x.get(next - 1));
        return y.get(next - 1) + share * (y.get(next) - y.get(next - 1));
    }

    private static Isotonic fit(double[] predictions, long[][] counts, ToDoubleFunction<long[]> level) {
        List<Pool> pools = new ArrayList<>();
        for (int i = 0; i < predictions.length; i++) {
            Pool pool = new Pool(i, i, counts[i], level.applyAsDouble(counts[i]));
            while (!pools.isEmpty() && pools.get(pools.size() - 1).level() >= pool.level()) {
                Pool before = pools.remove(pools.size() - 1);
                long[] both = before.counts().clone();
                for (int rating = 0; rating < both.length; rating++) {
                    both[rating] += pool.counts()[rating];
                }
                pool = new Pool(before.first(), pool.last(), both, level.applyAsDouble(both));
            }
            pools.add(pool);
        }
        return points(predictions, pools);
    }

    /** The two ends of each pool. */
    private static Isotonic points(double[] predictions, List<Pool> pools) {
        List<Double> x = new ArrayList<>();
        List<Double> y = new ArrayList<>();
        for (Pool pool : pools) {
            x.add(predictions[pool.first()]);
            y.add(pool.level());
            if (pool.last() > pool.first()) {
                x.add(predictions[pool.last()]);
                y.add(pool.level());
            }
        }
        return new Isotonic(x, y);
    }

    private static double mean(long[] counts, double[] ratings) {
        double sum = 0;
        for (int rating = 0; rating < counts.length; rating++) {
            sum += counts[rating] * ratings[rating];
        }
        return sum / Arrays.stream(counts).sum();
    }

    private static double lowerMedian(long[] counts, double[] ratings) {
        long before = (Arrays.stream(counts).sum() + 1) / 2;
        int rating = 0;
        while (before > counts[rating]) {
            before -= counts[rating++];
        }
        return ratings[rating];
    }
}
