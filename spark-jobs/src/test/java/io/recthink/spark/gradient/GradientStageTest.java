package io.recthink.spark.gradient;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.ModelShapes;
import io.recthink.model.ParameterLayout;
import io.recthink.spark.SparkTest;
import org.junit.jupiter.api.Test;

/** Models that are too large for the driver are refused before anything starts. Tests run with 3 GiB of heap. */
class GradientStageTest {
    @Test
    void refusesAGradientThatSparkWouldNotLetTheDriverReceive() {
        assertRefused(
                300_000_000,
                "spark.driver.maxResultSize is 1024 MiB, the gradient of 300",
                "Start with --conf spark.driver.maxResultSize=0.");
    }

    @Test
    void refusesAnOptimizerThatTheHeapCannotHold() {
        // 16 bytes a parameter and 400 MB of arriving pieces are 3,434 MiB; 640 MiB are Spark's
        assertRefused(
                200_000_000,
                "MiB of heap, the optimizer of 200",
                "needs at least 4074 MiB. Start with --conf spark.driver.memory=4864m.");
        assertThatCode(() -> stage(110_000_000)).doesNotThrowAnyException();
    }

    private static void assertRefused(int parameters, String problem, String remedy) {
        assertThatThrownBy(() -> stage(parameters))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(problem)
                .hasMessageEndingWith(remedy);
    }

    private static GradientStage stage(int parameters) {
        ParameterLayout layout = ParameterLayout.of(ModelShapes.nearlyAllVocabulary(parameters / 1000));
        return new GradientStage(SparkTest.spark(), 2, layout);
    }
}
