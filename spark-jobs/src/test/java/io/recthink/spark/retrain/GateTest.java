package io.recthink.spark.retrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Comparison.FocusRow;
import io.recthink.spark.evaluate.SystemKey;
import io.recthink.spark.registry.Measurement;
import io.recthink.spark.registry.Rule;
import io.recthink.spark.registry.Score;
import io.recthink.spark.table.Readout;
import io.recthink.statistics.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final GateSettings SETTINGS = new GateSettings(300, 0.05, 0.1, 1.5, List.of("bias"));

    private final TrainedCandidate trained =
            new TrainedCandidate("run/policy", "sha", 7, 10, Optional.of("MAE 0.5"), Optional.empty());

    @Test
    void aBetterCandidatePasses() {
        assertThat(refused(trained, measured(400, -0.1, -0.05, 0.0, 20), -0.01)).isEmpty();
    }

    @Test
    void itMayBeWorseByLessThanTheBoundButSurely() {
        assertThat(refused(trained, measured(400, 0.0, 0.049, 0.0, 20), -0.01)).isEmpty();
        assertThat(refused(trained, measured(400, 0.0, 0.05, 0.0, 20), -0.01))
                .containsExactly("MAE against the serving policy");
    }

    @Test
    void everyOtherRuleCanRefuse() {
        assertThat(refused(trained, measured(299, -0.1, -0.05, 0.0, 20), -0.01)).containsExactly("rows");
        assertThat(refused(trained, measured(400, -0.1, -0.05, 0.101, 20), -0.01))
                .containsExactly("unreadable answers");
        assertThat(refused(trained, measured(400, -0.1, -0.05, 0.0, 31), -0.01)).containsExactly("mean length");
        assertThat(refused(trained, measured(400, -0.1, -0.05, 0.0, 20), 0.01)).containsExactly("MAE against bias");
    }

    @Test
    void aTrainingWithoutABetterStepOrWithAStopIsRefused() {
        TrainedCandidate start = new TrainedCandidate("p", "s", 0, 10, Optional.of("MAE 0.5"), Optional.empty());
        TrainedCandidate stopped =
                new TrainedCandidate("p", "s", 7, 8, Optional.empty(), Optional.of("the entropy fell to 0"));
        assertThat(refused(start, measured(400, -0.1, -0.05, 0.0, 20), -0.01)).containsExactly("training");
        assertThat(refused(stopped, measured(400, -0.1, -0.05, 0.0, 20), -0.01)).containsExactly("training");
        assertThat(stopped.words()).isEqualTo("step 7 of 8; a guard stopped it: the entropy fell to 0");
    }

    @Test
    void withoutAServingPolicyNothingIsComparedToIt() {
        Measurement first = new Measurement(
                400,
                "2024-01-01T00:00:00Z",
                List.of(),
                score("candidate", 20),
                null,
                score("bias", 0),
                null,
                null,
                null,
                0,
                0);
        assertThat(new Gate(SETTINGS).rules(trained, first, comparison(-0.01)))
                .extracting(Rule::name)
                .containsExactly("rows", "training", "unreadable answers", "MAE against bias");
    }

    @Test
    void aRowThatTheTableLacksIsNotBeaten() {
        GateSettings settings = new GateSettings(300, 0.05, 0.1, 1.5, List.of("popularity"));
        Rule rule = new Gate(settings)
                .rules(trained, measured(400, -0.1, -0.05, 0.0, 20), comparison(-0.01))
                .get(5);
        assertThat(rule.holds()).isFalse();
        assertThat(rule.line()).startsWith("REFUSED MAE against popularity: the table has no such row");
    }

    private static List<String> refused(TrainedCandidate candidate, Measurement measured, double biasHigh) {
        return new Gate(SETTINGS)
                .rules(candidate, measured, comparison(biasHigh)).stream()
                        .filter(rule -> !rule.holds())
                        .map(Rule::name)
                        .toList();
    }

    private static Measurement measured(long rows, double difference, double high, double failed, double tokens) {
        Score candidate = new Score("candidate", 0.6, 0.5, 0.7, failed, tokens, List.of());
        return new Measurement(
                rows,
                "2024-01-01T00:00:00Z",
                List.of(),
                candidate,
                score("serving", 20),
                score("bias", 0),
                difference,
                difference - 0.05,
                high,
                0,
                0);
    }

    private static Score score(String system, double tokens) {
        return new Score(system, 0.7, 0.6, 0.8, 0, tokens, List.of());
    }

    private static Comparison comparison(double biasHigh) {
        SystemKey bias = new SystemKey("bias", Readout.EXPECTATION, 0);
        return new Comparison(
                List.of(),
                bias,
                0.95,
                Optional.of(new SystemKey("candidate", Readout.GREEDY, 1)),
                List.of(new FocusRow(bias, biasHigh - 0.1, new Interval(biasHigh - 0.2, biasHigh), 0.01)),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of());
    }
}
