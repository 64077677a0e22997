package io.recthink.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executes the notebook on a run folder. It needs a Python with pyspark, nbclient, ipykernel, pandas and matplotlib:
 * {@code python3} of the PATH, or the one that the environment variable {@code RECTHINK_PYTHON} names.
 */
final class NotebookTest {
    private static final Path NOTEBOOK = Path.of("..", "notebooks", "explore-run.ipynb");
    private static final String EXECUTE =
            """
            import sys, nbclient, nbformat
            notebook = nbformat.read(sys.argv[1], 4)
            nbformat.validate(notebook)
            nbclient.NotebookClient(notebook, timeout=600).execute()
            nbformat.write(notebook, sys.argv[2])
            """;

    @TempDir
    private Path folder;

    @Test
    void notebookIsCommittedWithoutOutputs() throws IOException {
        JsonNode notebook = new ObjectMapper().readTree(NOTEBOOK.toFile());

        assertThat(notebook.get("nbformat").asInt()).isEqualTo(4);
        assertThat(notebook.get("cells")).hasSizeGreaterThan(5);
        for (JsonNode cell : notebook.get("cells")) {
            assertThat(cell.path("outputs")).as(cell.get("id").asText()).isEmpty();
        }
    }

    @Test
    void notebookShowsCurvesAndTracesOfATrainRun() throws Exception {
        ExampleRun run = new ExampleRun(SparkTest.spark(), folder.resolve("run")).begin("train");
        for (int step = 1; step <= 3; step++) {
            run.metrics(step, ExampleRun.trainMetrics(step, 3))
                    .rollouts(step, 4, List.of("row"), List.of("a <b>trace</b>", "another"))
                    .manifest(step, null);
        }
        run.metrics(4, Map.of("step", 4, "reward", 0.5));

        String executed = executed();

        assertThat(executed).contains("3 complete steps, the last one is 3");
        assertThat(executed).contains("image/png").contains("a &lt;b&gt;trace").contains("mean reward");
    }

    @Test
    void notebookShowsTheLossOfAWarmStart() throws Exception {
        ExampleRun run = new ExampleRun(SparkTest.spark(), folder.resolve("run")).begin("sft");
        for (int step = 10; step <= 30; step += 10) {
            run.metrics(step, Map.of("step", step, "loss", 1.0 / step)).manifest(step, null);
        }

        assertThat(executed()).contains("3 complete steps, the last one is 30").contains("image/png");
    }

    private String executed() throws IOException, InterruptedException {
        Optional<String> python = python();
        assumeThat(python)
                .as("a Python with pyspark, nbclient, ipykernel, pandas and matplotlib, to execute the notebook")
                .isPresent();
        Path executed = folder.resolve("executed.ipynb");
        Path log = folder.resolve("python.log");
        Process process = python(
                        python.get(), EXECUTE, NOTEBOOK.toAbsolutePath().toString(), executed.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor()).as(() -> read(log)).isZero();
        return Files.readString(executed);
    }

    private static Optional<String> python() throws IOException, InterruptedException {
        String python = Optional.ofNullable(System.getenv("RECTHINK_PYTHON")).orElse("python3");
        try {
            Process process = new ProcessBuilder(
                            python, "-c", "import pyspark, nbclient, ipykernel, pandas, matplotlib")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0 ? Optional.of(python) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private ProcessBuilder python(String python, String program, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(python, "-c", program);
        builder.command().addAll(List.of(arguments));
        // The Spark of the Python package, not the one of this build, which has no scripts to start it.
        builder.environment().remove("SPARK_HOME");
        builder.environment().put("PYSPARK_PYTHON", python);
        builder.environment().put("RECTHINK_RUN", folder.resolve("run").toString());
        return builder;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
