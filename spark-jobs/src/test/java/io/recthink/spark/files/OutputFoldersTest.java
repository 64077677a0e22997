package io.recthink.spark.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFoldersTest {
    private static final Configuration HADOOP = new Configuration();

    @TempDir
    private Path root;

    private Path first;
    private Path second;

    @BeforeEach
    void folders() {
        first = root.resolve("predictions/a");
        second = root.resolve("validation/a");
    }

    @Test
    void whatIsCompletedStaysAndNothingElseDoes() throws IOException {
        try (OutputFolders output = take()) {
            write(first);
            write(second);
            output.complete();
        }
        assertThat(files(root)).containsExactlyInAnyOrder("predictions/a/part", "validation/a/part");
        OutputFolders.requireComplete(HADOOP, "key", first.toString());
        assertThatThrownBy(this::take)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("paths.predictions: ")
                .hasMessageContaining("already exists");
    }

    @Test
    void aJobThatFailsLeavesNothing() throws IOException {
        OutputFolders output = take();
        write(first);
        output.close();
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void whatAKilledJobHasLeftIsTakenForWholeByNobodyAndRemovedByTheNextAttempt() throws IOException {
        write(first);
        write(second);
        write(root.resolve("predictions/whole"));
        sign(InetAddress.getLocalHost().getHostName(), 1, System.currentTimeMillis());
        for (Path path : List.of(first, root.resolve("predictions"))) {
            assertThatThrownBy(() -> OutputFolders.requireComplete(HADOOP, "paths.x", path.toString()))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith("paths.x: " + path + " is not complete: process 1 on ")
                    .hasMessageContaining("was killed while it wrote file:" + first);
        }
        OutputFolders.requireComplete(
                HADOOP, "key", root.resolve("predictions/whole").toString());
        take().close();
        assertThat(files(root)).containsExactly("predictions/whole/part");
    }

    @Test
    void aLivingJobOnAnotherHostKeepsItsFolders() throws IOException {
        write(first);
        sign("elsewhere", 1, System.currentTimeMillis() + 600_000);
        Thread renewal = new Thread(() -> {
            try {
                Thread.sleep(1500);
                sign("elsewhere", 1, System.currentTimeMillis() + 600_001);
            } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
        renewal.start();
        assertThatThrownBy(this::take)
                .isInstanceOf(FolderInUseException.class)
                .hasMessageContaining(first + " is being written by process 1 on elsewhere");
        assertThat(first.resolve("part")).exists();
        assertThatThrownBy(() -> OutputFolders.requireComplete(HADOOP, "key", first.toString()))
                .hasMessageContaining("process 1 on elsewhere still writes");
    }

    @Test
    void aSilentJobOnAnotherHostGivesWay() throws IOException {
        write(first);
        sign("elsewhere", 1, System.currentTimeMillis() - Owner.STALE.toMillis() - 1);
        take().close();
        assertThat(files(root)).isEmpty();
    }

    @Test
    void whatIsCompletedWhileTheNextAttemptWaitsIsKept() throws Exception {
        write(first);
        sign("elsewhere", 1, System.currentTimeMillis() + 600_000);
        Thread other = new Thread(() -> {
            try {
                Thread.sleep(1500);
                for (Path folder : List.of(second, first)) {
                    Files.delete(folder.resolveSibling("_writing-t.json"));
                }
            } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        assertThatThrownBy(this::take)
                .isInstanceOf(InvalidInputException.class)
                .isNotInstanceOf(FolderInUseException.class)
                .hasMessageContaining("already exists");
        other.join();
        assertThat(first.resolve("part")).exists();
    }

    @Test
    void aJobWhoseFoldersAnotherHasTakenTouchesNothing() throws IOException {
        OutputFolders silent = take();
        write(first);
        for (Path folder : List.of(first, second)) {
            try (Stream<Path> files = Files.list(folder.getParent())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
        assertThatThrownBy(silent::complete)
                .isInstanceOf(FolderInUseException.class)
                .hasMessageContaining("another process has taken");
        silent.close();
        assertThat(first.resolve("part")).exists();
    }

    @Test
    void aSignatureOfWhatIsNotThereIsInNobodysWay() throws IOException {
        sign(InetAddress.getLocalHost().getHostName(), 1, System.currentTimeMillis());
        write(root.resolve("predictions/whole"));
        OutputFolders.requireComplete(HADOOP, "key", root.resolve("predictions").toString());
    }

    @Test
    void aJobReadsWhatItWritesItself() {
        OutputFolders output = take();
        OutputFolders.requireComplete(HADOOP, "key", first.toString());
        output.close();
    }

    private OutputFolders take() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(first.toString(), "paths.predictions");
        keys.put(second.toString(), "paths.validationPredictions");
        return OutputFolders.take(HADOOP, keys);
    }

    /** As a process of another start would have signed. */
    private void sign(String host, long process, long renewed) throws IOException {
        Map<String, Object> owner = Map.of(
                "token",
                "t",
                "host",
                host,
                "process",
                process,
                "processStart",
                3,
                "renewed",
                renewed,
                "folders",
                List.of("file:" + first, "file:" + second));
        for (Path folder : List.of(first, second)) {
            Files.createDirectories(folder.getParent());
            Files.writeString(folder.resolveSibling("_writing-t.json"), new ObjectMapper().writeValueAsString(owner));
        }
    }

    private static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("part"), "rows");
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }
}
