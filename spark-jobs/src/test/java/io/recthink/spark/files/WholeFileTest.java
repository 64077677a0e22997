package io.recthink.spark.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileIsWrittenAndReplacedAndNothingElseStays() throws IOException {
        write("a/b.json", "first", false);
        write("a/b.json", "second", true);
        assertThat(folder.resolve("a")).isDirectoryContaining("glob:**/b.json");
        assertThat(folder.resolve("a/b.json")).hasContent("second");
        try (var files = Files.list(folder.resolve("a"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aNewFileReplacesNone() throws IOException {
        write("b.json", "first", false);
        assertThatThrownBy(() -> write("b.json", "second", false)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("b.json")).hasContent("first");
    }

    @Test
    void whenItCannotBeWrittenTheEarlierFileIsAsItWas() throws IOException {
        write("c.json", "first", false);
        // The name under which it is written first is taken by a folder.
        Files.createDirectories(folder.resolve(
                ".c.json.%d.part/x".formatted(ProcessHandle.current().pid())));
        assertThatThrownBy(() -> write("c.json", "second", true)).isInstanceOf(IOException.class);
        assertThat(folder.resolve("c.json")).hasContent("first");
    }

    private void write(String name, String text, boolean overwrite) throws IOException {
        LocalFileSystem local = FileSystem.getLocal(new Configuration());
        WholeFile.write(
                local.getRawFileSystem(),
                new org.apache.hadoop.fs.Path(folder.resolve(name).toString()),
                text.getBytes(StandardCharsets.UTF_8),
                overwrite);
    }
}
