package io.recthink.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.recthink.spark.SparkTest;
import io.recthink.spark.distribution.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the notebooks, and executes one on a run of {@code sft}; {@code NotebooksIT} executes all of them. */
final class NotebookTest {
    private static final Path NOTEBOOKS = Path.of("..", "notebooks");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("notebooks")
    void notebooksAreCommittedWithoutOutputs(Path file) throws IOException {
        JsonNode notebook = new JsonMapper().readTree(file.toFile());
        assertThat(notebook.get("nbformat").asInt()).isEqualTo(4);
        assertThat(notebook.get("cells")).hasSizeGreaterThan(5);
        assertThat(notebook.get("cells").get(0).get("source").get(0).asText()).startsWith("# ");
        for (JsonNode cell : notebook.get("cells")) {
            assertThat(cell.path("outputs")).as(cell.get("id").asText()).isEmpty();
            assertThat(cell.path("execution_count").isNumber()).isFalse();
        }
    }

    static List<Path> notebooks() throws IOException {
        try (Stream<Path> files = Files.list(NOTEBOOKS)) {
            List<Path> found = files.filter(file -> file.toString().endsWith(".ipynb"))
                    .sorted()
                    .toList();
            assertThat(found).hasSizeGreaterThan(3);
            return found;
        }
    }

    @Test
    void theRunOfAWarmStartHasALossAndNoTraces() throws Exception {
        Python.require("pyspark", "pandas", "matplotlib", "tokenizers", "nbclient", "ipykernel");
        Path run = folder.resolve("run");
        ExampleRun example = new ExampleRun(SparkTest.spark(), run).begin("sft");
        for (int step = 10; step <= 30; step += 10) {
            example.metrics(step, Map.of("step", step, "loss", 1.0 / step)).manifest(step, null);
        }
        example.metrics(40, Map.of("step", 40, "loss", 0.01)); // not complete
        Path executed =
                Python.execute(NOTEBOOKS.resolve("explore-run.ipynb"), folder, Map.of("RECTHINK_RUN", run.toString()));
        assertThat(executed)
                .content()
                .contains("3 complete steps, the last one is 30", "step 30 is chosen: the last one", "image/png");
    }
}
