package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Tests the answers of recthink before Spark starts. */
class CommandLineCheckTest {
    @TempDir
    private Path folder;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void theHelpNamesEveryCommandOnceInTheOrderOfTheWork() {
        assertThat(check("--help")).isZero();
        List<String> listed = output.toString()
                .lines()
                .filter(line -> line.matches("  [a-z].*"))
                .map(line -> line.strip().split(" ", 2)[0])
                .toList();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        Commands.commandLine().getSubcommands().keySet());
        assertThat(listed)
                .containsSubsequence("simulate", "prepare", "cold-start", "sft", "train", "predict", "compare");
        assertThat(output.toString()).contains("Data:", "Training:", "Exit status: 0 done");
    }

    @Test
    void theHelpOfACommandAndTheVersionNeedNoSpark() {
        assertThat(check("train", "--help")).isZero();
        assertThat(output.toString()).contains("--resume", "--config=FILE");
        assertThat(check("--version")).isZero();
        assertThat(output.toString()).contains("recthink 0.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"train --resum", "trian", "", "probe", "prepare --until=yesterday", "sft --set=sft.stepz=3"})
    void aWrongCommandLineIsRefused(String line) {
        assertThat(check(line.isEmpty() ? new String[0] : line.split(" ", -1))).isEqualTo(2);
        assertThat(errors.toString()).isNotBlank();
    }

    @Test
    void aConfigurationThatCannotBeUsedIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.yaml"), "train: {groupsize: 8}");
        assertThat(check("train", "--config=" + file)).isEqualTo(2);
        assertThat(errors.toString()).contains("groupsize", "wrong.yaml");
    }

    @Test
    void everythingElseIsLeftToSpark() throws IOException {
        Path file = Files.writeString(folder.resolve("right.yaml"), "train: {groupSize: 8}");
        assertThat(check("train", "--resume", "--config=" + file)).isEqualTo(CommandLineCheck.START);
        assertThat(check("prepare", "--config=hdfs://nowhere/my.yaml")).isEqualTo(CommandLineCheck.START);
        assertThat(check("prepare", "--config=brought-by-files.yaml")).isEqualTo(CommandLineCheck.START);
        assertThat(check("generate", "--model=x", "--prompt=y", "--max-tokens=3", "--temperature=0"))
                .isEqualTo(CommandLineCheck.START);
        assertThat(errors.toString() + output).isEmpty();
    }

    @Test
    void theConfigurationIsPrintedWithoutSpark() {
        assertThat(check("config", "--set=train.groupSize=3")).isZero();
        assertThat(output.toString()).contains("groupSize: 3");
    }

    private int check(String... arguments) {
        CommandLine commands =
                Commands.commandLine().setOut(new PrintWriter(output, true)).setErr(new PrintWriter(errors, true));
        return CommandLineCheck.check(commands, arguments);
    }
}
