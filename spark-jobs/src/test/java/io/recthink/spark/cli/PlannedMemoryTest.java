package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.Fixtures;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ModelInitializer;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the planned memory with the measured resident memory of a process. */
class PlannedMemoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void plannedMemoryIsNearThatOfAProcess() throws Exception {
        // 26 million parameters, most of them in the vocabulary.
        ModelConfig model = new ModelConfig(
                Family.LLAMA,
                60_000,
                384,
                1024,
                2,
                6,
                2,
                64,
                1e-5,
                1e4,
                Optional.empty(),
                512,
                true,
                false,
                false,
                List.of());
        ModelInitializer.write(folder, model, 1, 0.02);
        Files.copy(Fixtures.folder("llama").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        long measured = measured();
        long planned = planned();
        assertThat((double) planned / measured)
                .as("planned %d, measured %d", planned, measured)
                .isCloseTo(1, within(0.15));
    }

    private long planned() throws IOException {
        CommandRun run = CommandRun.of(List.of(
                "plan",
                "--model",
                folder.toString(),
                "--as-benchmark",
                "--json",
                "--prompt-tokens",
                "200",
                "--set",
                "rollout.maxTokens=16",
                "--set",
                "train.groupSize=4",
                "--set",
                "train.promptsPerStep=1"));
        assertThat(run.status()).as(run.errors()).isZero();
        return JSON.readTree(run.output())
                .path("processes")
                .get(0)
                .path("peakBytes")
                .asLong();
    }

    /** Runs in a new JVM. Its heap starts with the size that Java chooses on a machine with 24 GB. */
    private long measured() throws Exception {
        Path output = folder.resolve("measured.json");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms384m",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "benchmark"));
        command.addAll(List.of("--model", folder.toString(), "--only-steps", "--json", "--threads", "1"));
        command.addAll(List.of("--prompt", "200", "--completion", "16", "--group", "4"));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(Redirect.DISCARD)
                .start();
        assertThat(process.waitFor()).isZero();
        JsonNode step =
                JSON.readTree(Files.readString(output)).path("measurements").get(3);
        return step.path("peakResidentBytes").asLong();
    }
}
