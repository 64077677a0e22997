package io.recthink.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction (1979): it keeps the probability of any false finding in a family of tests below the
 * level.
 */
public final class Holm {
    private Holm() {}

    /** The adjusted p-values, in the order of {@code pValues}. */
    public static double[] adjust(double[] pValues) {
        List<Integer> ascending = IntStream.range(0, pValues.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> pValues[i]))
                .toList();
        double[] adjusted = new double[pValues.length];
        double running = 0;
        for (int rank = 0; rank < pValues.length; rank++) {
            int test = ascending.get(rank);
            running = Math.max(running, Math.min(1, (pValues.length - rank) * pValues[test]));
            adjusted[test] = running;
        }
        return adjusted;
    }
}
