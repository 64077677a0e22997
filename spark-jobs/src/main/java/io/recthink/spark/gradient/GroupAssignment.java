package io.recthink.spark.gradient;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Which gradient partition computes which group of a step, so that all partitions have about as much to compute. */
final class GroupAssignment {
    private GroupAssignment() {}

    /**
     * The partition of each group: the largest group goes first, each to the partition that has least so far. It depends on
     * the groups alone, so it is the same however often and wherever a step is computed.
     *
     * @param positions that each group takes in a forward pass
     * @param partitions at least 1
     */
    static int[] of(List<Integer> positions, int partitions) {
        int[] partitionOf = new int[positions.size()];
        long[] assigned = new long[partitions];
        IntStream.range(0, positions.size())
                .boxed()
                .sorted(Comparator.comparing(positions::get, Comparator.reverseOrder()))
                .forEach(group -> {
                    int least = IntStream.range(0, partitions)
                            .boxed()
                            .min(Comparator.comparingLong(partition -> assigned[partition]))
                            .orElseThrow();
                    partitionOf[group] = least;
                    assigned[least] += positions.get(group);
                });
        return partitionOf;
    }
}
