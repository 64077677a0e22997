package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application as a user starts it: {@code bin/recthink}, Spark's own SparkSubmit, the shaded jar. */
class ApplicationIT {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    private record Result(int status, String output, String errors) {}

    @Test
    void namesItsVersion() throws Exception {
        Result result = recthink("--version");
        assertThat(result.status).as(result.errors).isZero();
        assertThat(result.output).startsWith("recthink ");
    }

    @Test
    void aModelAnswersThroughItsChatTemplate() throws Exception {
        Result result = recthink(
                "generate",
                "--model=" + HOME.resolve("conf/quickstart-policy"),
                "--prompt=5 great sound. target sound",
                "--max-tokens=6",
                "--temperature=0",
                "--json");
        assertThat(result.status).as(result.errors).isZero();
        JsonNode answer = new ObjectMapper().readTree(result.output);
        assertThat(answer.path("promptTokens").size()).isGreaterThan(5);
        assertThat(answer.path("tokens").size())
                .isBetween(1, 6)
                .isEqualTo(answer.path("logprobs").size());
        assertThat(answer.path("text").asText()).startsWith("<analyze user>");
    }

    @Test
    void theJobsRunOneAfterTheOther() throws Exception {
        Path policy = HOME.resolve("conf/quickstart-policy");
        List<String> small = List.of(
                "--config=" + HOME.resolve("conf/quickstart.yaml"),
                "--set=paths.root=" + folder,
                "--set=paths.model=" + policy,
                "--set=simulate.users=60",
                "--set=simulate.items=20",
                "--set=prepare.pools={coldStart: 0, rl: 60}",
                "--set=train={start: model, steps: 1, promptsPerStep: 4}",
                "--set=validation.every=0",
                "--set=predict.policies={grpo: run, warm-start: " + policy + "}");
        for (String job : List.of("simulate", "prepare", "train", "predict", "compare", "inspect")) {
            // A setting of many clusters.
            List<String> arguments = new ArrayList<>(
                    List.of("--conf", "spark.serializer=org.apache.spark.serializer.KryoSerializer", job));
            arguments.addAll(small);
            Result result = recthink(arguments.toArray(String[]::new));
            assertThat(result.status)
                    .as(() -> job + System.lineSeparator() + result.errors)
                    .isZero();
        }
        assertThat(folder.resolve("run/step-000001/manifest.json")).isNotEmptyFile();
        assertThat(folder.resolve("table/comparison.csv")).content().contains("grpo", "bias");
        assertThat(folder.resolve("report.html")).isNotEmptyFile();
    }

    @Test
    void whatCannotBeUsedIsNamedInOneMessage() throws Exception {
        Result missing = recthink("prepare", "--config=" + folder.resolve("none.yaml"));
        assertThat(missing.status).isEqualTo(2);
        assertThat(missing.errors).contains("none.yaml").doesNotContain("\tat ");

        Path file = Files.writeString(folder.resolve("wrong.yaml"), "train: {groupsize: 8}");
        Result unknown = recthink("prepare", "--config=" + file);
        assertThat(unknown.status).isEqualTo(2);
        assertThat(unknown.errors).contains("groupsize").doesNotContain("\tat ");
    }

    private Result recthink(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("bin/recthink").toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output.txt");
        Path errors = folder.resolve("errors.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().remove("SPARK_HOME");
        Process process = builder.start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), Files.readString(output), Files.readString(errors));
    }
}
