package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.distribution.Recthink;
import io.recthink.spark.distribution.Recthink.Result;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.PreparedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills commands at random moments and starts them again. Readers refuse the output of a killed command. The second
 * attempt ends with the same bits as an undisturbed command. The test kills each command once.
 * {@code -Drecthink.kills=100} kills more often, {@code -Drecthink.kills.seed=2} kills at other moments.
 * {@code target/kills.txt} contains a line for each kill.
 */
class KillsIT {
    private static final int KILLS = Integer.getInteger("recthink.kills", Command.values().length);
    private static final long SEED = Long.getLong("recthink.kills.seed", 1);
    private static final List<String> ALREADY = List.of("already holds", "already contains", "already exists");

    @TempDir
    private static Path root;

    private static final SparkSession SPARK = SparkTest.spark();
    private static final Map<Command, Map<String, String>> UNDISTURBED = new TreeMap<>();
    private static final Map<Command, Long> MILLIS = new TreeMap<>();

    private enum Command {
        PREPARE,
        APPEND,
        SFT,
        TRAIN,
        PREDICT,
        COMPARE;

        String word() {
            return this == APPEND ? "prepare" : toString().toLowerCase(Locale.ROOT);
        }
    }

    /** Makes the world that all attempts read, and runs each command once undisturbed. */
    @BeforeAll
    static void leaveEverythingAlone() throws Exception {
        requireDone(recthink("simulate"));
        leaveAlone(Command.PREPARE);
        requireDone(recthink("prepare", "--until=2024-06-01", "--set=paths.data=first"));
        requireDone(recthink("cold-start"));
        for (Command command : List.of(Command.APPEND, Command.SFT, Command.TRAIN, Command.PREDICT, Command.COMPARE)) {
            leaveAlone(command);
        }
    }

    private static void leaveAlone(Command command) throws Exception {
        Path place = undisturbed(command);
        long start = System.nanoTime();
        requireDone(recthink(words(command, place)));
        MILLIS.put(command, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        UNDISTURBED.put(command, result(command, place));
        assertThat(UNDISTURBED.get(command)).as(command.toString()).isNotEmpty();
    }

    private static Path undisturbed(Command command) {
        return root.resolve("undisturbed-" + command);
    }

    @Test
    void aCommandKilledAtAnyMomentEndsAsIfItHadBeenLeftAlone() throws Exception {
        Random random = new Random(SEED);
        List<String> report = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            Command command = Command.values()[kill % Command.values().length];
            String line = "%3d %-8s".formatted(kill + 1, command.toString().toLowerCase(Locale.ROOT))
                    + killed(command, root.resolve("kill-" + kill), random);
            System.out.println(line);
            report.add(line);
            Files.write(Path.of("target/kills.txt"), report);
        }
    }

    /** Kills a command once, checks its output, starts the command again and compares the results. */
    private static String killed(Command command, Path place, Random random) throws Exception {
        long after = random.nextLong(MILLIS.get(command));
        Process process = new Recthink(root, Map.of())
                .builder(complete(words(command, place)))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(after, TimeUnit.MILLISECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        boolean whole = isWhole(command, place);
        List<String> again = new ArrayList<>(words(command, place));
        if (command == Command.SFT || command == Command.TRAIN) {
            again.add("--resume");
        }
        Result second = recthink(again);
        boolean refused = second.status() == 2 && ALREADY.stream().anyMatch(second.errors()::contains);
        assertThat(second.status() == 0 || (refused && whole))
                .as("%s, killed after %d ms: %s", command, after, second.errors())
                .isTrue();
        assertThat(result(command, place))
                .as("%s, killed after %d ms", command, after)
                .isEqualTo(UNDISTURBED.get(command));
        return String.format(
                Locale.ROOT,
                "%s %5.1f s of %5.1f s; %s; again: status %d; the same bits",
                ended ? "ended before the kill at" : "killed after",
                after / 1000.0,
                MILLIS.get(command) / 1000.0,
                whole ? "whole" : "nothing is taken for whole",
                second.status());
    }

    /**
     * Checks the output of a killed command: output that readers accept must be complete.
     *
     * @return false when readers refuse the output, or when output is missing
     */
    private static boolean isWhole(Command command, Path place) throws IOException {
        Map<String, String> left;
        try {
            left = result(command, place);
        } catch (InvalidInputException e) {
            return false;
        }
        if (command == Command.COMPARE || command == Command.SFT || command == Command.TRAIN) {
            // Each single file, and each step, is complete even if the whole output is not.
            left.forEach((name, content) -> assertThat(content)
                    .as(name)
                    .isEqualTo(UNDISTURBED.get(command).get(name)));
            return left.size() == UNDISTURBED.get(command).size();
        }
        if (left.isEmpty()) {
            return false;
        }
        assertThat(left).as("%s in %s", command, place).isEqualTo(UNDISTURBED.get(command));
        return true;
    }

    /** Returns the output of a command by name, as its readers find the output. */
    private static Map<String, String> result(Command command, Path place) throws IOException {
        return switch (command) {
            case PREPARE, APPEND -> data(place.resolve("out"));
            case SFT, TRAIN -> run(place.resolve("out"));
            case PREDICT -> predictions(place.resolve("out/grpo"));
            case COMPARE -> tables(place.resolve("out"));
        };
    }

    private static Map<String, String> data(Path folder) throws IOException {
        if (!Files.exists(folder.resolve("data.json"))) {
            return Map.of();
        }
        PreparedData.examples(SPARK, folder.toString());
        JsonNode data = new ObjectMapper().readTree(folder.resolve("data.json").toFile());
        return Map.of(
                "examples", data.path("sha256").asText(),
                "rows", data.path("rows").asText(),
                "reviews", rows(folder.resolve("reviews")),
                "card", Files.readString(folder.resolve("data-card.md")));
    }

    private static Map<String, String> run(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        RunFolder run = RunFolder.at(folder.toString(), new Configuration());
        for (Manifest manifest : run.manifests()) {
            String step = "step-%06d".formatted(manifest.step());
            manifest.files().stream()
                    .filter(file -> file.path().endsWith(".safetensors"))
                    .forEach(file -> files.put(step + "/" + file.path(), file.sha256()));
            Path rollouts = folder.resolve(step).resolve("rollouts");
            if (Files.exists(rollouts)) {
                files.put(step + "/rollouts", rows(rollouts));
            }
        }
        return files;
    }

    private static Map<String, String> predictions(Path folder) {
        if (!Files.exists(folder)) {
            return Map.of();
        }
        OutputFolders.requireComplete(new Configuration(), "paths.predictions", folder.toString());
        return Map.of("grpo", rows(folder));
    }

    private static Map<String, String> tables(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (String name : List.of("comparison.csv", "comparison.md", "slices.csv", "calibration.csv")) {
            if (Files.exists(folder.resolve(name))) {
                files.put(name, Files.readString(folder.resolve(name)));
            }
        }
        return files;
    }

    /** Returns the sorted rows of a table without times. */
    private static String rows(Path folder) {
        return String.join(
                "\n",
                SPARK.read().parquet(folder.toString()).drop("ms").toJSON().collectAsList().stream()
                        .sorted()
                        .toList());
    }

    private static List<String> words(Command command, Path place) {
        Path out = place.resolve("out");
        List<String> words = new ArrayList<>(List.of(command.word()));
        if (command == Command.APPEND) {
            words.add("--append-to=first");
        }
        words.add(
                switch (command) {
                    case PREPARE, APPEND -> "--set=paths.data=" + out;
                    case SFT -> "--set=paths.warmStart=" + out;
                    case TRAIN -> "--set=paths.run=" + out;
                    case PREDICT -> "--set=paths.predictions=" + out;
                    case COMPARE -> "--set=paths.table=" + out;
                });
        if (command == Command.PREDICT) {
            words.add("--set=paths.validationPredictions=" + place.resolve("validation"));
        }
        return words;
    }

    private static Result recthink(String... words) throws IOException, InterruptedException {
        return recthink(List.of(words));
    }

    private static Result recthink(List<String> words) throws IOException, InterruptedException {
        return new Recthink(root, Map.of()).run(complete(words));
    }

    private static List<String> complete(List<String> words) {
        List<String> all = new ArrayList<>(words.subList(0, 1));
        all.addAll(Recthink.smallWay(root));
        all.addAll(List.of(
                "--set=prepare.pools={coldStart: 40, sft: 0, rl: 60}",
                "--set=coldStart.traces=40",
                "--set=sft={steps: 6, batchSize: 8, saveEvery: 2}",
                "--set=train={start: model, steps: 5, promptsPerStep: 4, optimizer: {schedule: constant}}",
                "--set=validation={every: 2, rows: 20}",
                "--set=predict={rows: 60, validationRows: 20}",
                "--set=predict.policies={grpo: %s/out}".formatted(undisturbed(Command.TRAIN)),
                "--set=compare.focus=",
                // The next commands read the output of an undisturbed command.
                "--set=paths.data=%s/out".formatted(undisturbed(Command.PREPARE)),
                "--set=paths.run=%s/out".formatted(undisturbed(Command.TRAIN)),
                "--set=paths.predictions=%s/out".formatted(undisturbed(Command.PREDICT)),
                "--set=paths.validationPredictions=%s/validation".formatted(undisturbed(Command.PREDICT))));
        all.addAll(words.subList(1, words.size()));
        return all;
    }

    private static void requireDone(Result result) {
        assertThat(result.status()).as(result.errors()).isZero();
    }
}
