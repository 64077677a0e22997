package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.Fixtures;
import io.recthink.model.ModelConfig;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where tokens lie. The model has two query heads for each key head. */
class PackedBatchTest {
    private static final ModelConfig MODEL = ModelConfig.read(Fixtures.folder("llama"));

    @Test
    void completionsLieFromTheLongestToTheShortestWithoutPadding() {
        Group group = group(new int[] {1, 2}, new int[] {3, 4}, new int[] {5, 6, 7, 8}, new int[] {9, 10});
        PackedBatch batch = PackedBatch.of(List.of(group), MODEL, 1);
        // one call of three positions, two of one
        assertThat(batch.shape()).containsExactly(2, 2, 1, 1, 3, 2, 1);
        assertThat(batch.positions()).isEqualTo(7);
        assertThat(batch.tokens()).containsExactly(1, 2, 5, 6, 7, 3, 9);
        // targets stay in the order of the group: the first of each follows the prompt
        assertThat(batch.targets()).containsExactly(3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(batch.predictors()).containsExactly(1, 5, 1, 2, 3, 4, 1, 6);
    }

    @Test
    void completionsThatShareACallTakeTurns() {
        Group group = group(new int[] {1}, new int[] {2, 3}, new int[] {4, 5, 6}, new int[] {7, 8}, new int[] {9});
        PackedBatch batch = PackedBatch.of(List.of(group), MODEL, 8); // two of two positions have eight queries
        assertThat(batch.shape()).containsExactly(1, 2, 2, 1, 2, 1, 1);
        assertThat(batch.tokens()).containsExactly(1, 4, 2, 5, 0, 7, 0);
        assertThat(batch.predictors()).containsExactly(0, 2, 0, 1, 3, 0, 5, 0);
    }

    @Test
    void aGroupBesideAnotherIsPaddedToItsPromptAndItsCompletionsOneByOne() {
        Group first = group(new int[] {1, 2, 3}, new int[] {4, 5}, new int[] {6, 7, 8, 9});
        Group second = group(new int[] {10}, new int[] {11, 12, 13});
        PackedBatch batch = PackedBatch.of(List.of(first, second), MODEL, 1);
        assertThat(batch.shape()).containsExactly(3, 2, 1, 1, 3, 1, 1);
        assertThat(batch.lengths()).containsExactly(3, 1);
        assertThat(batch.tokens()).containsExactly(1, 2, 3, 6, 7, 8, 4, 10, 0, 0, 11, 12, 0, 0);
        assertThat(batch.predictors()).containsExactly(2, 6, 2, 3, 4, 5, 7, 10, 11);
    }

    private static Group group(int[] prompt, int[]... completions) {
        return new Group(
                prompt,
                Stream.of(completions).map(LearningCompletion::supervised).toList());
    }
}
