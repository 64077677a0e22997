package io.recthink.statistics;

import java.util.Arrays;

/** The sums of one cluster by column, with the ranges of columns where the sums are not zero. */
final class ColumnSums {
    /** A gap with fewer zeros costs less time than one more range. */
    private static final int GAP = 24;

    private final long[] sums;
    private final int[] from;
    private final int[] to;
    private int stretches;

    ColumnSums(int columns) {
        this.sums = new long[columns];
        this.from = new int[columns / GAP + 1];
        this.to = new int[columns / GAP + 1];
    }

    /** Replaces the sums by the sums of another cluster. */
    void set(Cluster cluster) {
        Arrays.fill(sums, 0);
        cluster.addTo(sums);
        stretches = 0;
        int end = -GAP;
        for (int column = 0; column < sums.length; column++) {
            if (sums[column] != 0) {
                if (column - end >= GAP) {
                    from[stretches++] = column;
                }
                end = column + 1;
                to[stretches - 1] = end;
            }
        }
    }

    /** Adds the sums {@code times} times. */
    void addTo(long[] totals, long times) {
        for (int stretch = 0; stretch < stretches; stretch++) {
            add(totals, sums, times, from[stretch], to[stretch]);
        }
    }

    private static void add(long[] totals, long[] sums, long times, int from, int to) {
        for (int column = from; column < to; column++) {
            totals[column] += times * sums[column];
        }
    }
}
