package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.ConfigurationReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepGuardsTest {
    @Test
    void aStartWithoutAnyWellFormedCompletionStops() {
        StepGuards guards = guards();
        assertThat(guards.reasonToStop(step(0, null, 0.1))).isEmpty();
        assertThat(guards.reasonToStop(step(0, null, 0.1))).isEmpty();
        assertThat(guards.reasonToStop(step(0, null, 0.1))).hasValueSatisfying(reason -> assertThat(reason)
                .contains("of the first 192 completions none is well formed")
                .contains("cold-start, sft"));
    }

    @Test
    void oneWellFormedCompletionIsEnoughToGoOn() {
        StepGuards guards = guards();
        guards.reasonToStop(step(0.02, 20.0, 0.1));
        for (int step = 2; step < 9; step++) {
            assertThat(guards.reasonToStop(step(0, null, 0.1))).isEmpty();
        }
    }

    @Test
    void fewCompletionsProveNothing() {
        StepGuards guards = guards("train.promptsPerStep=2", "train.groupSize=4");
        for (int step = 1; step < 19; step++) {
            assertThat(guards.reasonToStop(step(0, null, 0.1))).isEmpty();
        }
        assertThat(guards.reasonToStop(step(0, null, 0.1))).isPresent();
    }

    @Test
    void rewardsForTagsLearnWithoutAWellFormedStart() {
        StepGuards guards = guards("reward.formatGrading=tags");
        for (int step = 1; step < 9; step++) {
            assertThat(guards.reasonToStop(step(0, null, 0.9))).isEmpty();
        }
    }

    @Test
    void completionsThatAreAllCutOffStopEvenThen() {
        StepGuards guards = guards("reward.formatGrading=tags");
        guards.reasonToStop(step(0, null, 1));
        guards.reasonToStop(step(0, null, 1));
        assertThat(guards.reasonToStop(step(0, null, 1)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("all are cut off at rollout.maxTokens"));
    }

    @Test
    void theGuardOfTheStartCanBeSwitchedOff() {
        StepGuards guards = guards("train.guards.startCompletions=0");
        for (int step = 1; step < 9; step++) {
            assertThat(guards.reasonToStop(step(0, null, 1))).isEmpty();
        }
    }

    @Test
    void lengthGrowsFromThatOfTheFirstWellFormedCompletions() {
        StepGuards guards = guards();
        assertThat(guards.reasonToStop(step(0, null, 0.5))).isEmpty();
        assertThat(guards.reasonToStop(step(0.1, 100.0, 0.5))).isEmpty();
        assertThat(guards.reasonToStop(step(0.9, 179.0, 0))).isEmpty();
        assertThat(guards.reasonToStop(step(0.9, 181.0, 0)))
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("181.0 tokens").contains("start value 100.0"));
    }

    private static StepGuards guards(String... settings) {
        return StepGuards.of(ConfigurationReader.read("test", "", List.of(settings)));
    }

    private static Map<String, Object> step(double formatRate, Double length, double clipped) {
        Map<String, Object> metrics = new HashMap<>();
        metrics.put(StepGuards.FORMAT_RATE, formatRate);
        metrics.put(StepGuards.CLIPPED, clipped);
        metrics.put(StepGuards.ENTROPY, 1.0);
        Optional.ofNullable(length).ifPresent(tokens -> metrics.put(StepGuards.LENGTH, tokens));
        return metrics;
    }
}
