package io.recthink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommentedConfigurationTest {
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
        String text = ConfigurationReader.commented("shop.yaml", FILE, SETTINGS);

        assertThat(ConfigurationReader.read("text", text, List.of()))
                .isEqualTo(ConfigurationReader.read("shop.yaml", FILE, SETTINGS));
    }

    @Test
    void aValueThatIsNoDefaultSaysWhereItComesFromAndKeepsItsComment() {
        assertThat(ConfigurationReader.commented("shop.yaml", FILE, SETTINGS).lines())
                .contains(
                        "name: nine                      # --set; label of the data set and of the run",
                        "  steps: 7                      # --set",
                        "    last: 3                     # shop.yaml",
                        "    separator: tab              # shop.yaml; a character, or tab",
                        "  users: 1000")
                .anySatisfy(line -> assertThat(line).startsWith("  maxTokens: 4000               # the oldest"));
    }

    @Test
    void withoutAnythingSetItIsTheDefaults() throws IOException {
        try (InputStream defaults = ConfigurationReader.class.getResourceAsStream("defaults.yaml")) {
            assertThat(ConfigurationReader.commented("--set", "", List.of()))
                    .isEqualTo(new String(defaults.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aRecordOfAnotherVersionIsReadAndItsUnknownKeysAreNamed() {
        String record = "train: {steps: 7, patience: {of: 3}}\nretrain: {gate: 0.1}\npredict: {policies: {new: run}}\n";

        assertThat(ConfigurationReader.readRecord("run/config.yaml", record)
                        .train()
                        .steps())
                .isEqualTo(7);
        assertThat(ConfigurationReader.unknownKeys("run/config.yaml", record))
                .containsExactlyEntriesOf(new java.util.TreeMap<>(
                        java.util.Map.of("retrain", "{\"gate\":0.1}", "train.patience", "{\"of\":3}")));
    }
}
