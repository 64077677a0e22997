package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("my shop.yaml"), "name: café");
    }

    @AfterEach
    void forget() {
        System.clearProperty("spark.files");
        System.clearProperty("spark.yarn.dist.files");
    }

    @Test
    void aPathOfThisMachine() {
        assertThat(ConfigurationFile.read(file.toString())).isEqualTo("name: café");
    }

    @Test
    void aUriOfAFileSystem() {
        assertThat(ConfigurationFile.read("file:" + file)).isEqualTo("name: café");
    }

    @Test
    void aFileThatSparkSubmitBrings() {
        System.setProperty("spark.files", "file:/elsewhere/other.yaml," + file.toUri());
        assertThat(ConfigurationFile.read("my shop.yaml")).isEqualTo("name: café");
    }

    @Test
    void aFileThatSparkSubmitBringsUnderAnotherName() {
        System.setProperty("spark.yarn.dist.files", file.toUri() + "#conf.yaml");
        assertThat(ConfigurationFile.read("conf.yaml")).isEqualTo("name: café");
    }

    @Test
    void aFileThatIsNowhere() {
        assertThatThrownBy(() -> ConfigurationFile.read("none.yaml"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("--config none.yaml")
                .hasMessageContaining("--files");
        assertThatThrownBy(() -> ConfigurationFile.read("nofs://cluster/none.yaml"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nofs");
    }
}
