package io.recthink.spark.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupAssignmentTest {
    @Test
    void theLargestGroupGoesFirstAndEachGoesWhereThereIsLeast() {
        // 9 | 7; 7 + 5 = 12, so 4 goes to the 9: 13; then 3 to the 12: 15.
        assertThat(GroupAssignment.of(List.of(3, 9, 4, 7, 5), 2)).containsExactly(1, 0, 0, 1, 1);
    }

    @Test
    void groupsOfOneSizeAreDealtInTheirOrder() {
        assertThat(GroupAssignment.of(List.of(5, 5, 5, 5, 5), 2)).containsExactly(0, 1, 0, 1, 0);
    }

    @Test
    void morePartitionsThanGroupsLeaveSomeEmpty() {
        assertThat(GroupAssignment.of(List.of(2, 3), 4)).containsExactly(1, 0);
        assertThat(GroupAssignment.of(List.of(), 4)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void noPartitionHasMoreThanTheLeastAndOneGroupBesides(int partitions) {
        Random random = new Random(partitions);
        List<Integer> positions =
                IntStream.range(0, 40).mapToObj(i -> 100 + random.nextInt(900)).toList();
        int[] partitionOf = GroupAssignment.of(positions, partitions);
        long[] load = new long[partitions];
        IntStream.range(0, 40).forEach(group -> load[partitionOf[group]] += positions.get(group));
        long least = Arrays.stream(load).min().orElseThrow();
        assertThat(Arrays.stream(load).max().orElseThrow()).isLessThanOrEqualTo(least + 1000);
        assertThat(GroupAssignment.of(positions, partitions)).containsExactly(partitionOf);
    }
}
