package io.recthink.statistics;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The draws of a clustered bootstrap. Each resample draws, with replacement, the same number of clusters as there are.
 * The clusters have a fixed order and are divided into blocks, which different machines can process. A first pass
 * decides how many draws fall into each block; a second pass decides which clusters of a block they hit. The random
 * numbers depend only on the seed, the resample and the block, so every machine draws the same.
 */
public final class ClusterDraws implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int BLOCK = 4096;
    private static final int MOST_BLOCKS = 256;

    /** The number of resamples that use a cluster in sequence, while the fastest memory keeps its sums. */
    private static final int TOGETHER = 64;

    private final int clusters;
    private final int blockSize;
    private final long[] seeds;

    /**
     * Prepares the draws.
     *
     * @param clusters the number of clusters, at least 1
     * @param resamples the number of resamples, at least 1
     * @param seed the seed of all resamples
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

    /** The number of blocks, which depends only on the number of clusters. */
    public int blocks() {
        return (clusters - 1) / blockSize + 1;
    }

    /** The block of a cluster, from its position in the order. */
    public int block(long cluster) {
        return (int) (cluster / blockSize);
    }

    /** The number of draws of one resample in each block. */
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
     * Adds the clusters that resamples draw from one block.
     *
     * @param first the first of the resamples
     * @param block the number of the block
     * @param members the clusters of the block, in their order
     * @param draws [resample - first]: the number of draws in the block, from {@link #perBlock}
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

    /** The number of times that one resample draws each cluster of a block. */
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

    /** The upper 32 of 64 random bits, scaled to the bound: simple enough to repeat in other programs. */
    private static int below(SplittableRandom random, int bound) {
        return (int) (((random.nextLong() >>> 32) * bound) >>> 32);
    }
}
