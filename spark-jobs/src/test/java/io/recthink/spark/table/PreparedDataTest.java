package io.recthink.spark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration.SplitKind;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparedDataTest {
    private static final PreparedData DATA = new PreparedData(
            "music",
            1,
            5,
            "aa",
            "bb",
            10,
            Map.of("train", 8L, "validation", 1L, "test", 1L),
            Map.of("rl", 2L),
            1.0,
            SplitLabel.random());

    @TempDir
    Path folder;

    @Test
    void readsWhatItWrote() throws IOException {
        assertThat(PreparedData.exists(SparkTest.spark(), folder.toString())).isFalse();
        DATA.write(SparkTest.spark(), folder.toString());
        assertThat(PreparedData.exists(SparkTest.spark(), folder.toString())).isTrue();
        assertThat(PreparedData.read(SparkTest.spark(), folder.toString())).isEqualTo(DATA);
    }

    @Test
    void aFolderWithoutItIsNoDataSet() {
        assertThatThrownBy(() -> PreparedData.examples(SparkTest.spark(), folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "paths.data: %s holds no prepared data (no data.json); run `recthink prepare` first", folder);
    }

    @Test
    void aDataSetOfTheFirstVersionWasCutInTime() throws IOException {
        Files.writeString(
                folder.resolve("data.json"),
                """
                {"name": "music", "minRating": 1, "maxRating": 5, "sha256": "aa", "rowIdsSha256": "bb", "rows": 10,
                 "splits": {}, "pools": {}}
                """);
        SplitLabel split =
                PreparedData.read(SparkTest.spark(), folder.toString()).split();
        assertThat(split.kind()).isEqualTo(SplitKind.GLOBAL_TIME);
        assertThat(split.warning()).isEmpty();
        assertThat(split.validationFrom()).isNull();
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("data.json"), "{\"name\":");
        assertThatThrownBy(() -> PreparedData.read(SparkTest.spark(), folder.toString()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.data: " + folder + "/data.json cannot be read: ");
    }
}
