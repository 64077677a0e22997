package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.distribution.Recthink;
import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the ends of commands: what a terminal shows and which exit status a scheduler gets. */
class EndsIT {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void prepare() throws Exception {
        for (String command : List.of("simulate", "prepare")) {
            Result result = recthink(command);
            assertThat(result.status()).as(result.errors()).isZero();
        }
    }

    @Test
    void aRefusalInsideATaskIsOneLine() throws Exception {
        // The examples contain items that this smaller simulation lacks, so the tasks of the oracle refuse the items.
        Result other = recthink("simulate", "--set=paths.log=other", "--set=simulate.items=12");
        assertThat(other.status()).as(other.errors()).isZero();
        Result result = recthink("oracle", "--set=paths.log=other");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.errors().lines())
                .singleElement()
                .asString()
                .contains("is not in the simulated log")
                .contains("run `recthink prepare`");
    }

    @Test
    void aSignalIsOneLineAndTheRunGoesOn() throws Exception {
        List<String> training = new ArrayList<>(List.of("train", "--set=train.steps=500"));
        Path errors = folder.resolve("errors-of-train");
        Process process = new Recthink(folder, Map.of())
                .builder(arguments(training))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
        Path step = folder.resolve("run/step-000001/manifest.json");
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!Files.exists(step) && System.nanoTime() < deadline && process.isAlive()) {
            Thread.sleep(50);
        }
        assertThat(step).as(() -> read(errors)).exists();
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(143);
        assertThat(Files.readAllLines(errors))
                .noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"))
                .contains(
                        "recthink: stopped by a signal. Start the same command with --resume: it continues after the newest complete step.");
        assertThat(folder.resolve("run/lock.json")).doesNotExist();

        Result again = recthink("train", "--set=train.steps=500");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.errors().lines()).singleElement().asString().contains("already contains a run", "--resume");
        training.add("--resume");
        training.add("--set=train.guards.maxEntropy=0.000001"); // ends after the next step
        Result resumed = recthink(training.toArray(String[]::new));
        assertThat(resumed.status()).as(resumed.errors()).isEqualTo(3);
        assertThat(resumed.errors()).contains("continues after step", "train stopped after step");
    }

    @Test
    void aRunFolderThatIsHeldElsewhereHasAStatusOfItsOwn() throws Exception {
        Path lock = Files.createDirectory(folder.resolve("held")).resolve("lock.json");
        Files.writeString(
                lock,
                "{\"token\": \"t\", \"host\": \"elsewhere\", \"process\": 1, \"processStart\": 1, \"renewed\": %d}"
                        .formatted(System.currentTimeMillis()));
        Result result = recthink("train", "--set=paths.run=held");
        assertThat(result.status()).isEqualTo(6);
        assertThat(result.errors().lines()).singleElement().asString().contains("elsewhere", "lock.json");
        assertThat(lock).exists();
    }

    private static Result recthink(String... arguments) throws IOException, InterruptedException {
        return new Recthink(folder, Map.of()).run(arguments(List.of(arguments)));
    }

    private static List<String> arguments(List<String> command) {
        List<String> all = new ArrayList<>(command.subList(0, 1));
        all.addAll(Recthink.smallWay(folder));
        all.addAll(List.of(
                "--set=train={start: model, promptsPerStep: 4, optimizer: {schedule: constant}}",
                "--set=validation.every=0"));
        all.addAll(command.subList(1, command.size()));
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
