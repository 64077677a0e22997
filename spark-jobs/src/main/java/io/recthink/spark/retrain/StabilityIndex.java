package io.recthink.spark.retrain;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The population stability index of two histograms with the same bins: the sum of {@code (q - p) * ln(q / p)} over the
 * bins, with p and q the shares of a bin. 0: equal; from about 0.25 on, people speak of a different population. Half a
 * row is added to each bin, so that empty bins have a share.
 */
final class StabilityIndex {
    private static final double ADDED = 0.5;

    private StabilityIndex() {}

    /** The index; empty when the histograms have different bins or no rows. */
    static OptionalDouble of(List<Long> before, List<Long> now) {
        double rowsBefore = rows(before);
        double rowsNow = rows(now);
        if (before.size() != now.size() || rowsBefore == 0 || rowsNow == 0) {
            return OptionalDouble.empty();
        }
        double index = 0;
        for (int bin = 0; bin < before.size(); bin++) {
            double p = (before.get(bin) + ADDED) / (rowsBefore + ADDED * before.size());
            double q = (now.get(bin) + ADDED) / (rowsNow + ADDED * now.size());
            index += (q - p) * Math.log(q / p);
        }
        return OptionalDouble.of(index);
    }

    private static double rows(List<Long> histogram) {
        return histogram.stream().mapToLong(Long::longValue).sum();
    }
}
