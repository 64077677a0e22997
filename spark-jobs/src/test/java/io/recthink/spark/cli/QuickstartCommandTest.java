package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartCommandTest {
    private static final Path CONFIGURATION = Path.of("..", "conf", "quickstart.yaml");

    @Test
    void theWholeWayFromScratchEndsWithTheTableAndTheReport(@TempDir Path root) throws IOException {
        Configuration configuration = JobSettings.SECTIONS.read(
                CONFIGURATION.toString(),
                Files.readString(CONFIGURATION),
                List.of(
                        "paths.root=" + root.resolve("work"),
                        "simulate.users=60",
                        "simulate.items=20",
                        "prepare.pools={coldStart: 200, rl: 60}",
                        "sft={steps: 2, batchSize: 8, saveEvery: 1}",
                        "train={steps: 1, promptsPerStep: 4}",
                        "validation={every: 1, rows: 10, maxFailed: 1.0}",
                        "compare.resamples=50"));
        new QuickstartCommand().jobs(true).values().forEach(job -> job.run(SparkTest.spark(), configuration));
        assertThat(root.resolve("work/table/comparison.csv"))
                .content()
                .contains("constant-median", "bias", "warm-start", "grpo", "oracle");
        assertThat(root.resolve("work/report.html")).isNotEmptyFile();
    }

    @Test
    void withoutThePolicyOfTheProjectTheRemedyIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.copy(CONFIGURATION, folder.resolve("quickstart.yaml"));
        CommandRun run = CommandRun.of(List.of("quickstart", "--config", file.toString()));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.errors()).contains("quickstart-policy is missing").contains("--from-scratch");
    }
}
