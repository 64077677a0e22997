package io.recthink.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.table.PolicyOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginOfPolicyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path root;

    @BeforeEach
    void writeRun() throws IOException {
        Path start = Files.createDirectories(root.resolve("run/step-000000"));
        JSON.writeValue(
                root.resolve("run/run.json").toFile(),
                new RunDescription("id", "train", "1", "", "", "", "", "cpu", 1, 1, "model", "", "", ""));
        Files.writeString(root.resolve("run/config.yaml"), "reward:\n  shape: huber\n");
        JSON.writeValue(
                start.resolve("manifest.json").toFile(),
                new Manifest(0, new PolicyVersion(0, "start", null), null, new Cursor(0, 0), null, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "0, start, 'train, step 0: the untrained start'",
        "7, other, 'train, step 7'",
        "7, start, 'train, step 7: the untrained start'" // nothing was learnt in 7 steps
    })
    void thePolicyOfARunSaysItsStepAndConfiguration(int step, String sha256, String label) {
        PolicyOrigin.Training training =
                origin("run/step-%06d/policy".formatted(step), sha256).training();
        assertThat(training.label()).isEqualTo(label);
        assertThat(training.run()).endsWith(root + "/run");
        assertThat(training.configuration()).contains("shape: huber");
    }

    @Test
    void aPolicyOfNoRunHasNoTraining() {
        assertThat(origin("models/base", "aa").training()).isNull();
        assertThat(origin("gone/step-000007/policy", "aa").training()).isNull();
    }

    @Test
    void itIsReadAsItWasWritten() {
        PolicyOrigin origin = origin("run/step-000007/policy", "aa");
        origin.write(root.toString(), new Configuration());
        assertThat(PolicyOrigin.read(root.toString(), new Configuration())).contains(origin);
        assertThat(PolicyOrigin.read(root + "/run", new Configuration())).isEmpty();
    }

    private PolicyOrigin origin(String policy, String sha256) {
        return OriginOfPolicy.of(
                "grpo", new PolicyReference(root + "/" + policy, 0, sha256, "digest"), "request", new Configuration());
    }
}
