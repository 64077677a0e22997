package io.recthink.spark.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
    private final Configuration hadoop = new Configuration();

    @TempDir
    Path folder;

    @Test
    void aFileTakesThePlaceOfAnEarlierOneUnlessItMustBeNew() {
        Path file = folder.resolve("new/notes.txt");
        assertThat(TextFile.writeNew("paths.x", file.toString(), "häb\n", hadoop))
                .isEqualTo("file:" + file);
        assertThat(TextFile.write("paths.x", file.toString(), "second\n", hadoop))
                .isEqualTo("file:" + file);
        assertThatThrownBy(() -> TextFile.writeNew("paths.x", file.toString(), "third\n", hadoop))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.x: " + file + " cannot be written");
        assertThat(file).hasContent("second\n");
        assertThat(folder.resolve("new")).isDirectoryNotContaining("glob:**.crc");
    }

    @Test
    void aChecksumThatIsLeftOfAnotherFileDoesNotMakeItUnreadable() throws IOException {
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(folder + "/notes.txt");
        FileSystem local = FileSystem.getLocal(hadoop);
        try (var out = local.create(file)) {
            out.writeBytes("with a checksum");
        }
        Files.delete(folder.resolve("notes.txt"));
        TextFile.writeNew("paths.x", file.toString(), "without one", hadoop);
        try (InputStream in = local.open(file)) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("without one");
        }
    }
}
