package io.recthink.spark.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import io.recthink.spark.report.ExampleRun;
import io.recthink.spark.table.PolicyOrigin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LearningTest {
    private static final Configuration HADOOP = SparkTest.spark().sparkContext().hadoopConfiguration();

    @TempDir
    private Path folder;

    @Test
    void curvesAreThoseOfTheRunsThatWereCompared() {
        run("one", 0.25);
        run("other", 0.75);

        List<Learning> learning = Learning.of(
                List.of(
                        origin("late", "other", 2, false),
                        origin("start", "one", 0, true),
                        origin("early", "other", 1, false),
                        origin("lost", "gone", 1, false),
                        new PolicyOrigin("model", "/models/m", "aa", null, null)),
                HADOOP);

        assertThat(learning).extracting(Learning::systems).containsExactly("late, early");
        assertThat(learning.get(0).curves().of("reward"))
                .hasValueSatisfying(values -> assertThat(values).containsExactly(0.75, 0.75));
    }

    private PolicyOrigin origin(String system, String run, int step, boolean untrained) {
        return new PolicyOrigin(
                system,
                folder + "/" + run + "/step-00000" + step + "/policy",
                "aa",
                null,
                new PolicyOrigin.Training(folder + "/" + run, "train", step, untrained, ""));
    }

    private void run(String name, double reward) {
        ExampleRun run = new ExampleRun(SparkTest.spark(), folder.resolve(name)).begin("train");
        for (int step = 1; step <= 2; step++) {
            run.metrics(step, Map.of("step", step, "reward", reward)).manifest(step, null);
        }
    }
}
