package io.recthink.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.spark.JobSettings;
import io.recthink.spark.table.TrainingCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTrainingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path root;

    @Test
    void theRunsThatAPolicyComesFromAreAddedUp() throws IOException {
        begin("warm-start", "sft", "/models/base", 2);
        // Steps 1 to 20 were saved as one, then 21 to 30: the metrics are means.
        metrics("warm-start", 20, 3);
        metrics("warm-start", 30, 1.5);
        metrics("warm-start", 40, 1000);
        begin("run", "train", root + "/warm-start/step-000030/policy", 4);
        metrics("run", 1, 10);
        metrics("run", 2, 20);
        metrics("run", 3, 1000);

        TrainingCost cost = cost("run/step-000002/policy").orElseThrow();
        assertThat(cost.seconds()).isCloseTo(20 * 3 + 10 * 1.5 + 10 + 20, within(1e-9));
        assertThat(cost.samples()).isEqualTo(100 + 2 * 8); // 30 steps of 32 walk through the 100 traces again
        assertThat(cost.processors()).isEqualTo(4);
        assertThat(cost.deviceHours()).isCloseTo(4 * cost.seconds() / 3600, within(1e-12));
        assertThat(cost.modelsTrained()).isEqualTo(1);

        TrainingCost.write(root.toString(), List.of(cost), new Configuration());
        assertThat(TrainingCost.read(root.toString(), new Configuration())).containsExactly(cost);
    }

    @Test
    void whatTheMetricsCountIsNotGuessed() throws IOException {
        begin("warm-start", "sft", "/models/base", 2);
        metrics("warm-start", 20, 3, Map.of("num_samples", 60, "teacher_calls", 63, "teacher_tokens", 9000));
        metrics("warm-start", 30, 3, Map.of("num_samples", 70, "teacher_calls", 63, "teacher_tokens", 9000));
        begin("run", "train", root + "/warm-start/step-000020/policy", 4);
        metrics("run", 1, 10, Map.of("num_samples", 7));
        metrics("run", 2, 10, Map.of("num_samples", 13));

        TrainingCost cost = cost("run/step-000002/policy").orElseThrow();
        assertThat(cost.samples()).isEqualTo(60 + 13);
        assertThat(cost.teacherCalls()).isEqualTo(63);
        assertThat(cost.teacherTokens()).isEqualTo(9000);
    }

    @Test
    void aModelFromElsewhereTookNothingHere() {
        TrainingCost cost = cost("models/base").orElseThrow();
        assertThat(cost.samples()).isZero();
        assertThat(cost.modelsTrained()).isZero();
        assertThat(cost.modelsServed()).isEqualTo(1);
    }

    @Test
    void nothingIsClaimedWhereARunIsGone() throws IOException {
        begin("run", "train", root + "/removed/step-000030/policy", 4);
        metrics("run", 1, 10);
        assertThat(cost("run/step-000001/policy")).isEmpty();
    }

    private Optional<TrainingCost> cost(String policy) {
        return PolicyTraining.of("system", root + "/" + policy, new Configuration());
    }

    private void begin(String run, String job, String start, int processors) throws IOException {
        Path folder = Files.createDirectories(root.resolve(run));
        JSON.writeValue(
                folder.resolve("run.json").toFile(),
                new RunDescription("id", job, "1", "", "", "", "", "cpu", processors, 1, start, "", "", ""));
        Files.writeString(
                folder.resolve("config.yaml"),
                JobSettings.SECTIONS
                        .read("test", "", List.of("coldStart.traces=100", "sft.batchSize=32"))
                        .toYaml());
    }

    private void metrics(String run, int step, double seconds) throws IOException {
        metrics(run, step, seconds, Map.of());
    }

    private void metrics(String run, int step, double seconds, Map<String, Integer> counts) throws IOException {
        Path folder = Files.createDirectories(root.resolve(run + "/step-%06d".formatted(step)));
        Map<String, Object> metrics = new HashMap<>(counts);
        metrics.put("step", step);
        metrics.put("step_time", seconds);
        JSON.writeValue(folder.resolve("metrics.json").toFile(), metrics);
    }
}
