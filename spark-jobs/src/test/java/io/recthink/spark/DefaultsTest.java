package io.recthink.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pins every default: none changes, comes or goes unnoticed. */
final class DefaultsTest {
    private static final Path NOW = Path.of("target", "defaults-as-resolved.yaml");
    private static final String PINNED = "defaults-as-resolved.yaml";

    @Test
    void everyDefaultIsAsPinned() throws IOException {
        String defaults = JobSettings.SECTIONS.defaults().toYaml();
        Files.createDirectories(NOW.getParent());
        Files.writeString(NOW, defaults);

        assertThat(defaults)
                .as(
                        "A key or a default of the configuration has changed. If that is meant, and the yaml file of"
                                + " the section says what the key is for, run:"
                                + " cp spark-jobs/%s spark-jobs/src/test/resources/io/recthink/spark/%s",
                        NOW, PINNED)
                .isEqualTo(pinned());
    }

    @Test
    void defaultsThatAreWrittenAreReadBackTheSame() {
        Configuration defaults = JobSettings.SECTIONS.defaults();

        assertThat(JobSettings.SECTIONS.read("written", defaults.toYaml(), List.of()))
                .isEqualTo(defaults);
    }

    private static String pinned() throws IOException {
        try (InputStream pinned = DefaultsTest.class.getResourceAsStream(PINNED)) {
            return new String(pinned.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
