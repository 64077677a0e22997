package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateTest {
    @ParameterizedTest
    @CsvSource({
        "CONSTANT, 1, 0.25",
        "CONSTANT, 4, 1",
        "CONSTANT, 9, 1",
        "CONSTANT, 14, 1",
        "LINEAR, 2, 0.5",
        "LINEAR, 4, 1",
        "LINEAR, 9, 0.55",
        "LINEAR, 14, 0.1",
        "COSINE, 3, 0.75",
        "COSINE, 4, 1",
        "COSINE, 9, 0.55",
        "COSINE, 14, 0.1",
        "COSINE, 20, 0.1",
    })
    void warmsUpThenFollowsItsSchedule(Schedule schedule, int step, double share) {
        assertThat(LearningRate.at(settings(schedule, 4), step, 14)).isCloseTo(2e-4 * share, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"CONSTANT", "LINEAR", "COSINE"})
    void startsAtItsPeakWithoutWarmUp(Schedule schedule) {
        assertThat(LearningRate.at(settings(schedule, 0), 1, 10)).isEqualTo(2e-4);
        assertThat(LearningRate.at(settings(schedule, 0), 1, 1)).isEqualTo(2e-4);
    }

    private static OptimizerSettings settings(Schedule schedule, int warmupSteps) {
        return new OptimizerSettings(2e-4, schedule, warmupSteps, 0.1, 0.9, 0.99, 1e-8, 0, 1);
    }
}
