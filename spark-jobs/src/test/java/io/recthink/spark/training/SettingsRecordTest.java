package io.recthink.spark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SettingsRecordTest {
    private static final Map<String, Object> SETTINGS = Map.of("steps", 4L, "rate", 1e-5f, "keep", Retention.newest(2));

    @Test
    void settingsThatAreTheSameHaveNotChanged() {
        assertThat(record(7, SETTINGS)
                        .changes("config.yaml", record(7, SETTINGS).yaml()))
                .isEmpty();
    }

    @Test
    void whatChangedIsNamedWithItsSection() {
        Map<String, Object> other = Map.of("steps", 5L, "rate", 1e-5f, "keep", Retention.newest(3), "patience", 2);
        assertThat(record(8, other).changes("config.yaml", record(7, SETTINGS).yaml()))
                .containsExactly("seed: was 7, is 8", "a.sft.patience: was not set, is 2", "a.sft.steps: was 4, is 5");
    }

    @Test
    void aRecordThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> record(7, SETTINGS).changes("run/config.yaml", "steps: ["))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("run/config.yaml cannot be read: ")
                .hasMessageEndingWith("Restore it, or start another run.");
    }

    private static SettingsRecord record(long seed, Map<String, Object> settings) {
        return new SettingsRecord("a", seed, "a.sft", settings, List.of("a.sft.keep"));
    }
}
