package io.recthink.spark.gradient;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which gradient partition computes which group of a step, so that all partitions have about as much to compute. It depends on
 * the groups alone, so it is the same however often and wherever a step is computed.
 */
final class GroupAssignment {
    /** A group in two partitions has its prompt computed twice, and each has the cost of a pass: less does not pay. */
    private static final double WORTH_A_SPLIT = 0.95;

    private GroupAssignment() {}

    /**
     * The groups of each partition, in their order. The largest group goes first, each to the partition that has least so far.
     * As long as the fullest partition gets less by it, the largest group with several completions is split in two, which
     * are indexed anew: a loss is a sum over completions, with denominators that are those of the step.
     *
     * @param partitions at least 1
     */
    static List<List<LearningGroup>> of(List<LearningGroup> groups, int partitions) {
        List<LearningGroup> pieces = groups;
        List<List<LearningGroup>> slices = slices(pieces, partitions);
        while (true) {
            pieces = withLargestSplit(pieces);
            List<List<LearningGroup>> finer = slices(pieces, partitions);
            if (largestLoad(finer) >= WORTH_A_SPLIT * largestLoad(slices)) {
                return slices;
            }
            slices = finer;
        }
    }

    private static List<LearningGroup> withLargestSplit(List<LearningGroup> pieces) {
        LearningGroup largest = pieces.stream()
                .filter(piece -> piece.completions().size() > 1)
                .max(Comparator.comparingInt(LearningGroup::positions))
                .orElse(null);
        if (largest == null) {
            return pieces;
        }
        List<LearningGroup> finer = pieces.stream()
                .flatMap(piece -> piece.index() == largest.index() ? piece.halves().stream() : Stream.of(piece))
                .toList();
        return IntStream.range(0, finer.size())
                .mapToObj(index -> finer.get(index).at(index))
                .toList();
    }

    private static long largestLoad(List<List<LearningGroup>> slices) {
        return slices.stream()
                .mapToLong(slice ->
                        slice.stream().mapToLong(LearningGroup::positions).sum())
                .max()
                .orElseThrow();
    }

    private static List<List<LearningGroup>> slices(List<LearningGroup> pieces, int partitions) {
        List<List<LearningGroup>> slices = new ArrayList<>();
        IntStream.range(0, partitions).forEach(partition -> slices.add(new ArrayList<>()));
        long[] loads = new long[partitions];
        pieces.stream()
                .sorted(Comparator.comparingInt(LearningGroup::positions).reversed())
                .forEach(piece -> {
                    int least = IntStream.range(1, partitions).reduce(0, (a, b) -> loads[b] < loads[a] ? b : a);
                    slices.get(least).add(piece);
                    loads[least] += piece.positions();
                });
        slices.forEach(slice -> slice.sort(Comparator.comparingInt(LearningGroup::index)));
        return slices;
    }
}
