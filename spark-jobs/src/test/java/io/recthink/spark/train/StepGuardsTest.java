package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.JobSettings;
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
                .contains("of at least 192 completions of the first 3 steps none is well formed")
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

    @Test
    void tracesThatAreAllTheSameStopAfterFiveStepsInARow() {
        StepGuards guards = guards();
        for (int step = 1; step < 5; step++) {
            assertThat(guards.reasonToStop(thought(step, 0.19, 0.1, 0.5))).isEmpty();
        }
        assertThat(guards.reasonToStop(thought(5, 0.19, 0.1, 0.5))).hasValueSatisfying(reason -> assertThat(reason)
                .contains("nearly the same trace for every user and product: for 5 steps in a row")
                .contains("train.guards.minDistinct 0.20")
                .contains("(0.19 now)")
                .contains("Two of the traces: of step 5.")
                .contains("train.klCoefficient")
                .contains("with train.guards.minDistinct=0 the run continues"));
    }

    @Test
    void aPolicyThatIsSureOfItsTracesGoesOnAsLongAsTheyDifferFromRowToRow() {
        StepGuards guards = guards();
        for (int step = 1; step < 30; step++) {
            Map<String, Object> metrics = thought(step, 0.125, 0, 0);
            metrics.put(ThoughtGuards.SHARED, 0.5);
            assertThat(guards.reasonToStop(metrics)).isEmpty();
        }
    }

    @Test
    void aCopiedInstructionStopsAfterFiveStepsInARow() {
        StepGuards guards = guards();
        for (int step = 1; step < 5; step++) {
            assertThat(guards.reasonToStop(thought(step, 1, 0.7, 0))).isEmpty();
        }
        assertThat(guards.reasonToStop(thought(5, 1, 0.7, 0))).hasValueSatisfying(reason -> assertThat(reason)
                .contains("copies the instruction instead of thinking: for 5 steps in a row")
                .contains("train.guards.maxCopied 0.50")
                .contains("(0.70 now)")
                .contains("Two of the traces: of step 5.")
                .contains("prompt.layout=words"));
    }

    @Test
    void aPolicyThatNoLongerSpeaksOfItsRowsStops() {
        StepGuards guards = guards();
        double[] about = {0.7, 0.97, 0.9, 0.56, 0.6, 0.53, 0.38, 0.59, 0.56, 0.25};
        for (int step = 1; step < about.length; step++) {
            assertThat(guards.reasonToStop(about(step, about[step - 1])))
                    .as("step " + step)
                    .isEmpty();
        }
        assertThat(guards.reasonToStop(about(10, 0.25))).hasValueSatisfying(reason -> assertThat(reason)
                .contains("no longer writes about the user and the product: over the last 5 steps 0.46 of the traces")
                .contains("train.guards.minAbout 0.50")
                .contains("Two of the traces: of step 10.")
                .contains("prompt.layout=words")
                .contains("with train.guards.minAbout=0 the run continues"));
    }

    @Test
    void aLogWhoseTextsSayTooLittleIsNoReasonToStop() {
        StepGuards guards = guards();
        for (int step = 1; step < 30; step++) {
            assertThat(guards.reasonToStop(about(step, 0.3))).isEmpty();
        }
    }

    @Test
    void fiveStepsAreNeededToTell() {
        StepGuards guards = guards();
        assertThat(guards.reasonToStop(about(1, 0.9))).isEmpty();
        for (int step = 2; step < 5; step++) {
            assertThat(guards.reasonToStop(about(step, 0))).isEmpty();
        }
        assertThat(guards.reasonToStop(about(5, 0))).isPresent();
    }

    private static Map<String, Object> about(int step, double share) {
        Map<String, Object> metrics = thought(step, 1, 0, 0);
        metrics.put(ThoughtGuards.ABOUT, share);
        return metrics;
    }

    @Test
    void honestTracesGoOn() {
        StepGuards guards = guards();
        for (int step = 1; step < 30; step++) {
            assertThat(guards.reasonToStop(thought(step, 0.2, 0.5, 0.9))).isEmpty();
        }
    }

    @Test
    void oneBetterStepBeginsTheRowAnew() {
        StepGuards guards = guards();
        for (int step = 1; step < 30; step++) {
            boolean better = step % 5 == 0;
            assertThat(guards.reasonToStop(thought(step, better ? 0.3 : 0.1, better ? 0.4 : 0.9, 0)))
                    .isEmpty();
        }
    }

    @Test
    void stepsWithoutTracesProveNothing() {
        StepGuards guards = guards();
        for (int step = 1; step < 30; step++) {
            assertThat(guards.reasonToStop(step(1, 20.0, 0))).isEmpty();
        }
    }

    @Test
    void tenStepsInARowWithoutAGradientStop() {
        StepGuards guards = guards();
        for (int step = 1; step < 10; step++) {
            assertThat(guards.reasonToStop(thought(step, 1, 0, 1))).isEmpty();
        }
        assertThat(guards.reasonToStop(thought(10, 1, 0, 1))).hasValueSatisfying(reason -> assertThat(reason)
                .contains("the policy has learnt nothing for 10 steps in a row")
                .contains("Two of the traces: of step 10.")
                .contains("with train.guards.deadSteps=0 the run continues"));
    }

    @Test
    void oneLiveGroupIsAGradient() {
        StepGuards guards = guards();
        for (int step = 1; step < 30; step++) {
            assertThat(guards.reasonToStop(thought(step, 1, 0, step % 10 == 0 ? 0.75 : 1)))
                    .isEmpty();
        }
    }

    @Test
    void anEntropyBonusIsAGradient() {
        StepGuards guards = guards("train.entropyBonus=0.01");
        for (int step = 1; step < 30; step++) {
            assertThat(guards.reasonToStop(thought(step, 1, 0, 1))).isEmpty();
        }
    }

    @Test
    void theGuardsOfThoughtCanBeSwitchedOff() {
        StepGuards guards =
                guards("train.guards.minDistinct=0", "train.guards.maxCopied=1", "train.guards.deadSteps=0");
        for (int step = 1; step < 30; step++) {
            assertThat(guards.reasonToStop(thought(step, 0.01, 1, 1))).isEmpty();
        }
    }

    private static Map<String, Object> thought(int step, double distinct, double copied, double dead) {
        Map<String, Object> metrics = step(1, 20.0, 0);
        metrics.put("step", step);
        metrics.put(ThoughtGuards.DISTINCT, distinct);
        metrics.put(ThoughtGuards.SHARED, 0.9);
        metrics.put(ThoughtGuards.COPIED, copied);
        metrics.put(ThoughtGuards.DEAD, dead);
        return metrics;
    }

    private static StepGuards guards(String... settings) {
        return StepGuards.of(
                JobSettings.SECTIONS.read("test", "", List.of(settings)),
                step -> " Two of the traces: of step " + step + ".");
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
