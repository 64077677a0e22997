package io.recthink.spark.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.predict.WordChain;
import io.recthink.spark.table.ExampleRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Probes a model that answers 4 or, sampled, sometimes 2, and looks at nothing but the title of the target. */
class ProbeJobTest {
    private static final String SETTINGS =
            """
            prompt:
              think: none
              system: " "
              user: "{history} {target_item}"
              targetItem: "{title}"
            rollout:
              maxTokens: 8
            compare:
              resamples: 100
              sliceResamples: 100
            """;

    /** Not absolute: most configurations have such a root. */
    private final Path root;

    ProbeJobTest() throws IOException {
        root = Files.createTempDirectory(Path.of("target"), "probes");
    }

    @BeforeEach
    void writeModelAndData() throws IOException {
        WordChain.write(root.resolve("model"));
        ExampleRows examples = new ExampleRows();
        for (int i = 0; i < 12; i++) {
            examples.add("train-" + i, "train", "user-" + i % 3, "good", 1 + i % 5);
            examples.add("test-" + i, "test", "user-" + i % 4, i % 4 == 3 ? "bad" : "good", 5);
        }
        examples.write(root.resolve("data"));
    }

    @Test
    void aPolicyThatLooksAtTheTitleAloneIsFoundOut() throws Exception {
        Configuration configuration = probe("model");

        JsonNode report = report();
        assertThat(report.get("answers")).hasSize(10);
        for (JsonNode answer : report.get("answers")) {
            boolean titles = answer.get("probe").asText().equals("no titles");
            assertThat(answer.get("rows").asInt()).as(answer.toString()).isEqualTo(titles ? 0 : 9);
            assertThat(titles || answer.get("changed").asDouble() == 0)
                    .as(answer.toString())
                    .isTrue();
        }
        JsonNode spread = report.get("spread");
        assertThat(spread.get("rows").asInt()).isEqualTo(9);
        assertThat(spread.get("unreadable").asDouble()).isEqualTo(0.25);
        assertThat(spread.get("standardDeviation").asDouble()).isBetween(0.2, 1.2);
        List<String> table = Files.readAllLines(root.resolve("probes/table/comparison.csv"));
        assertThat(table).anyMatch(line -> line.contains("another user's history"));
        assertThat(table).anyMatch(line -> line.contains("unchanged"));
        String page = Files.readString(root.resolve("probes/table/comparison.html"));
        assertThat(page).contains("recthink probe", "What changes the answers of model?");
        assertThat(page.indexOf("answers changed %"))
                .isPositive()
                .isLessThan(page.indexOf("Who predicts best?"))
                .isLessThan(page.indexOf("All numbers"));
        assertThat(root.resolve("probes/probes.md")).content().contains("| no titles | 0 | - |");
        assertThatThrownBy(() -> new ProbeJob("model").run(SparkTest.spark(), configuration))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("paths.probes");
    }

    @Test
    void anAdapterIsProbedNotItsModel() throws Exception {
        WordChain.writeAdapter(root.resolve("adapter"), root.resolve("model"));
        probe("adapter");

        JsonNode report = report();
        // The adapter answers the 3 of 12 titles that the model does not answer.
        for (JsonNode answer : report.get("answers")) {
            boolean titles = answer.get("probe").asText().equals("no titles");
            assertThat(answer.get("rows").asInt()).as(answer.toString()).isEqualTo(titles ? 0 : 3);
        }
        assertThat(report.get("spread").get("rows").asInt()).isEqualTo(3);
        assertThat(report.get("spread").get("unreadable").asDouble()).isEqualTo(0.75);
    }

    private Configuration probe(String policy) {
        Configuration configuration = JobSettings.SECTIONS.read("test", SETTINGS, List.of("paths.root=" + root));
        new ProbeJob(policy).run(SparkTest.spark(), configuration);
        return configuration;
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(root.resolve("probes/probes.json").toFile());
    }
}
