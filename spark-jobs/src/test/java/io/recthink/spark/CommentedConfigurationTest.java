package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.RecordedConfiguration;
import io.recthink.spark.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CommentedConfigurationTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path NOW = Path.of("target", "configuration.md");
    private static final String FENCE = "```yaml\n";
    private static final String FILE =
            """
            name: "on"
            paths: {root: "s3a://shop/a b", run: 2026-11}
            source: {filter: "a = '#1' AND b: c", csv: {separator: tab, quote: ""}, columns: {summary: "Null", review: "No", brand: "a\\u2028b\\x7f\\u0085"}}
            prompt: {system: "You rate.\\n\\"Well\\": # no", template: {enable_thinking: false}}
            train: {optimizer: {learningRate: 1e-4}, keep: {last: 3}}
            predict: {policies: {grpo: run, "grpo 10": run@10}}
            mf: {factors: [4]}
            """;
    private static final List<String> SETTINGS = List.of("train.steps=7", "predict.policies.model=model", "name=nine");

    @Test
    void theTextIsTheSameConfiguration() {
        String text = JobSettings.SECTIONS.commented("shop.yaml", FILE, SETTINGS);

        assertThat(JobSettings.SECTIONS.read("text", text, List.of()))
                .isEqualTo(JobSettings.SECTIONS.read("shop.yaml", FILE, SETTINGS));
    }

    @Test
    void aValueThatIsNoDefaultSaysWhereItComesFromAndKeepsItsComment() {
        assertThat(JobSettings.SECTIONS.commented("shop.yaml", FILE, SETTINGS).lines())
                .contains(
                        "name: nine                      # --set; label of the data set and of the run",
                        "  steps: 7                      # --set",
                        "    last: 3                     # shop.yaml",
                        "    separator: tab              # shop.yaml; a character, or tab",
                        "  users: 1000")
                .anySatisfy(line -> assertThat(line).startsWith("  maxTokens: 4000               # the oldest"));
    }

    @Test
    void withoutAnythingSetItIsThePageOfTheDocumentation() throws IOException {
        String defaults = JobSettings.SECTIONS.commented("--set", "", List.of());
        String page = Files.readString(PAGE);
        String expected = page.substring(0, page.indexOf(FENCE)) + FENCE + defaults + "```\n";
        Files.createDirectories(NOW.getParent());
        Files.writeString(NOW, expected);

        assertThat(page)
                .as("Settings have changed. Run: cp spark-jobs/%s docs/configuration.md", NOW)
                .isEqualTo(expected);
    }

    @Test
    void aRecordOfAnotherVersionIsReadAndItsUnknownKeysAreNamed() {
        String record = "train: {steps: 7, patience: {of: 3}}\ndistil: {gate: 0.1}\npredict: {policies: {new: run}}\n";

        assertThat(RecordedConfiguration.read("run/config.yaml", record)
                        .get(TrainSettings.class)
                        .steps())
                .isEqualTo(7);
        assertThat(RecordedConfiguration.read("run/config.yaml", record).unknownTo(JobSettings.SECTIONS))
                .containsExactlyEntriesOf(
                        new TreeMap<>(Map.of("distil", "{\"gate\":0.1}", "train.patience", "{\"of\":3}")));
    }
}
