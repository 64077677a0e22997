package io.recthink.spark.gradient;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Assigns the groups of a step to gradient partitions, so that all partitions have about the same work. The assignment
 * depends only on the groups and the number of partitions, so a repeated step has the same one.
 */
final class GroupAssignment {
    /**
     * A split must reduce the largest load by 5 %: both partitions compute the prompt, and each has the cost of a pass.
     */
    private static final double WORTH_A_SPLIT = 0.95;

    private GroupAssignment() {}

    /**
     * The groups of each partition, in their order. The largest groups are assigned first, each to the partition with
     * the least work. Then the largest group with several completions is split in two, as long as this reduces the
     * largest load enough. The pieces get new indexes. A split does not change the loss: it is a sum over completions,
     * with the denominators of the step.
     *
     * @param partitions the number of partitions, at least 1
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
