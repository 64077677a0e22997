package io.recthink.statistics;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The draws of a clustered bootstrap: each resample draws as many clusters as there are, with replacement. The clusters
 * stand in a fixed order and are cut into blocks, so that the blocks can be worked on in different places: a first pass
 * decides how many draws fall into each block, a second one which clusters of a block they hit. Both are addressed by
 * seed, resample and block, and so are the same everywhere.
 */
public final class ClusterDraws implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int BLOCK = 4096;
    private static final int MOST_BLOCKS = 256;

    /** So many resamples take a cluster while its sums lie in the fastest memory. */
    private static final int TOGETHER = 64;

    private final int clusters;
    private final int blockSize;
    private final long[] seeds;

    /**
     * Addresses the draws.
     *
     * @param clusters how many there are, from 1 on
     * @param resamples how many times they are drawn, from 1 on
     */
    public ClusterDraws(int clusters, int resamples, long seed) {
        if (clusters < 1 || resamples < 1) {
            throw new IllegalArgumentException("a bootstrap needs at least one cluster and one resample, not %d and %d"
                    .formatted(clusters, resamples));
        }
        this.clusters = clusters;
        this.blockSize = Math.max(BLOCK, (clusters - 1) / MOST_BLOCKS + 1);
        this.seeds = new SplittableRandom(seed).longs(resamples).toArray();
    }

    /** The number of resamples. */
    public int resamples() {
        return seeds.length;
    }

    /** The number of blocks; it depends on the number of clusters alone. */
    public int blocks() {
        return (clusters - 1) / blockSize + 1;
    }

    /** The block of a cluster, by its place in the order. */
    public int block(long cluster) {
        return (int) (cluster / blockSize);
    }

    /** How many draws of one resample fall into each block. */
    public int[] perBlock(int resample) {
        int[] counts = new int[blocks()];
        if (counts.length == 1) {
            counts[0] = clusters;
            return counts;
        }
        SplittableRandom random = new SplittableRandom(~seeds[resample]);
        for (int draw = 0; draw < clusters; draw++) {
            counts[below(random, clusters) / blockSize]++;
        }
        return counts;
    }

    /**
     * Adds what resamples draw from one block.
     *
     * @param first the first of the resamples
     * @param block which one
     * @param members the clusters of the block, in their order
     * @param draws [resample - first]: how many draws fall into the block, from {@link #perBlock}
     * @param totals [resample - first, column]
     */
    public void add(int first, int block, List<? extends Cluster> members, int[] draws, long[][] totals) {
        for (int from = 0; from < totals.length; from += TOGETHER) {
            int to = Math.min(totals.length, from + TOGETHER);
            int[][] times = new int[to - from][];
            for (int i = from; i < to; i++) {
                times[i - from] = times(first + i, block, members.size(), draws[i]);
            }
            add(members, times, Arrays.copyOfRange(totals, from, to));
        }
    }

    /** How often one resample draws each cluster of a block. */
    private int[] times(int resample, int block, int members, int draws) {
        int[] times = new int[members];
        SplittableRandom random = new SplittableRandom(seeds[resample] + block);
        for (int draw = 0; draw < draws; draw++) {
            times[below(random, members)]++;
        }
        return times;
    }

    private static void add(List<? extends Cluster> members, int[][] times, long[][] totals) {
        ColumnSums sums = new ColumnSums(totals[0].length);
        for (int member = 0; member < members.size(); member++) {
            sums.set(members.get(member));
            for (int i = 0; i < totals.length; i++) {
                if (times[i][member] > 0) {
                    sums.addTo(totals[i], times[i][member]);
                }
            }
        }
    }

    /** The upper half of 64 random bits, scaled: plain enough to be repeated elsewhere. */
    private static int below(SplittableRandom random, int bound) {
        return (int) (((random.nextLong() >>> 32) * bound) >>> 32);
    }
}
