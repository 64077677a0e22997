package io.recthink.spark.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.learn.Group;
import io.recthink.learn.LearningCompletion;
import java.util.ArrayList;
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
        assertThat(positions(whole(3, 9, 4, 7, 5), 2)).containsExactly(List.of(9, 4), List.of(3, 7, 5));
    }

    @Test
    void groupsOfOneSizeAreDealtInTheirOrder() {
        assertThat(GroupAssignment.of(whole(5, 5, 5, 5, 5), 2))
                .extracting(slice -> slice.stream().map(LearningGroup::index).toList())
                .containsExactly(List.of(0, 2, 4), List.of(1, 3));
    }

    @Test
    void morePartitionsThanGroupsLeaveSomeEmpty() {
        assertThat(positions(whole(2, 3), 4)).containsExactly(List.of(3), List.of(2), List.of(), List.of());
        assertThat(positions(List.of(), 3)).containsExactly(List.of(), List.of(), List.of());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void noPartitionHasMoreThanTheLeastAndOneGroupBesides(int partitions) {
        Random random = new Random(partitions);
        int[] sizes = random.ints(40, 100, 1000).toArray();
        List<List<Integer>> slices = positions(whole(sizes), partitions);
        List<Integer> loads = slices.stream()
                .map(slice -> slice.stream().mapToInt(n -> n).sum())
                .toList();
        assertThat(loads.stream().max(Integer::compare).orElseThrow())
                .isLessThanOrEqualTo(loads.stream().min(Integer::compare).orElseThrow() + 1000);
        assertThat(positions(whole(sizes), partitions)).isEqualTo(slices);
    }

    @Test
    void oneOfThreeGroupsIsSplitForTwoPartitions() {
        List<LearningGroup> groups = List.of(group(0, 10, 21, 21), group(1, 10, 21, 21), group(2, 10, 21, 21));
        List<List<LearningGroup>> slices = GroupAssignment.of(groups, 2);
        // 50 positions a group, 30 each half of one: 80 and 80 instead of 100 and 50
        assertThat(slices)
                .extracting(
                        slice -> slice.stream().map(LearningGroup::positions).toList())
                .containsExactly(List.of(30, 50), List.of(30, 50));
        List<LearningGroup> pieces = slices.stream().flatMap(List::stream).toList();
        assertThat(pieces).extracting(LearningGroup::index).doesNotHaveDuplicates();
        assertThat(completions(pieces)).containsExactlyInAnyOrderElementsOf(completions(groups));
    }

    @Test
    void aGroupIsSplitAgainAndAgainWhileItPays() {
        List<List<LearningGroup>> slices = GroupAssignment.of(List.of(group(0, 1, 41, 11, 11, 11, 11)), 8);
        // the first alone has as many tokens as the others
        assertThat(slices.get(0)).extracting(LearningGroup::positions).containsExactly(41);
        assertThat(slices.stream().filter(slice -> !slice.isEmpty())).hasSize(2);
    }

    @Test
    void longPromptsAreNotComputedTwiceForLittle() {
        List<LearningGroup> groups = List.of(group(0, 1000, 11, 11), group(1, 1000, 11, 11), group(2, 1000, 11, 11));
        assertThat(GroupAssignment.of(groups, 2)).extracting(List::size).containsExactly(2, 1);
    }

    private static List<LearningCompletion> completions(List<LearningGroup> groups) {
        return groups.stream().flatMap(group -> group.completions().stream()).toList();
    }

    private static List<List<Integer>> positions(List<LearningGroup> groups, int partitions) {
        return GroupAssignment.of(groups, partitions).stream()
                .map(slice -> slice.stream().map(LearningGroup::positions).toList())
                .toList();
    }

    /** Groups that take so many positions and cannot be split. */
    private static List<LearningGroup> whole(int... positions) {
        return IntStream.range(0, positions.length)
                .mapToObj(index -> group(index, positions[index] - 1, 2))
                .toList();
    }

    private static LearningGroup group(int index, int prompt, int... completions) {
        ArrayList<LearningCompletion> all = new ArrayList<>();
        for (int length : completions) {
            all.add(LearningCompletion.sampled(new int[length], null, 0));
        }
        return new LearningGroup(index, new Group(new int[prompt], all));
    }
}
