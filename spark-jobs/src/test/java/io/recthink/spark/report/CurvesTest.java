package io.recthink.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import io.recthink.spark.run.RunFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CurvesTest {
    @TempDir
    private Path folder;

    @Test
    void longRunIsThinnedAndKeepsItsLastStep() {
        Curves curves = Curves.read(run(26), steps(26), 10);

        assertThat(curves.every()).isEqualTo(3);
        assertThat(curves.steps()).containsExactly(3, 6, 9, 12, 15, 18, 21, 24, 26);
        assertThat(curves.values().get("reward")).containsExactly(3, 6, 9, 12, 15, 18, 21, 24, 26);
    }

    @Test
    void shortRunIsReadWhole() {
        Curves curves = Curves.read(run(3), steps(3), 10);

        assertThat(curves.every()).isEqualTo(1);
        assertThat(curves.steps()).containsExactly(1, 2, 3);
    }

    @Test
    void metricThatAStepLacksIsMissingThere() {
        Curves curves = Curves.read(run(4), steps(4), 10);

        assertThat(curves.values().get("eval/mae")).containsExactly(Double.NaN, 0.5, Double.NaN, 0.5);
        assertThat(curves.present("eval/mae")).containsExactly(0.5, 0.5);
    }

    @Test
    void theValidationOfTheStartingPolicyIsTheFirstPoint() {
        RunFolder run = run(2);
        new ExampleRun(SparkTest.spark(), folder).metrics(0, Map.of("step", 0, "eval/mae", 0.75));

        Curves curves = Curves.read(run, steps(2), 10);

        assertThat(curves.steps()).containsExactly(0, 1, 2);
        assertThat(curves.values().get("eval/mae")).containsExactly(0.75, Double.NaN, 0.5);
        assertThat(curves.present("reward")).containsExactly(1, 2);
    }

    @Test
    void aRunThatHasNotKeptItsFirstValidationHasItInTheManifest() {
        RunFolder run = run(2);
        new ExampleRun(SparkTest.spark(), folder).manifest(0, 0);

        Curves curves = Curves.read(run, steps(2), 10);

        assertThat(curves.values().get("eval/mae")).containsExactly(0.612, Double.NaN, 0.5);
    }

    /** The starting policy, which has no metrics, and the steps after it. */
    private static List<Integer> steps(int last) {
        return IntStream.rangeClosed(0, last).boxed().toList();
    }

    private RunFolder run(int last) {
        ExampleRun run = new ExampleRun(SparkTest.spark(), folder).begin("train");
        for (int step = 1; step <= last; step++) {
            Map<String, Object> metrics = Map.of("step", step, "reward", step);
            run.metrics(step, step % 2 == 1 ? metrics : Map.of("step", step, "reward", step, "eval/mae", 0.5));
        }
        return RunFolder.at(folder.toString(), SparkTest.spark().sparkContext().hadoopConfiguration());
    }
}
