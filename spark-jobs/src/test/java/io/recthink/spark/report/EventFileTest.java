package io.recthink.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.SparkTest;
import io.recthink.spark.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    /** Written by TensorBoard's own RecordWriter and Event class (tensorboard 2.20, Python). */
    private static final String OF_TENSORBOARD =
            "GAAAAAAAAACjf0siCQAAAEAyw9pBGg1icmFpbi5FdmVudDoy+gr/MBwAAAAAAAAAyMGVHQkAAFBAMsPaQSoRCg8KCGV2YWwvbWFlFZqZST9C"
                    + "l43vPQAAAAAAAABgSfHsCQAAIIsyw9pBEKwCKi8KEQoKbnVtX3Rva2VucxUA6ABKCg0KBnJld2FyZBUAAKC/CgsKBHplcm8VAAAAABP+2kY=";

    @Test
    void theBytesAreThoseThatTensorBoardWrites() {
        EventFile file = new EventFile(1796000000);
        file.add(0, 1796000001.25, Map.of("eval/mae", 0.7875));
        file.add(300, 1796000300.5, new TreeMap<>(Map.of("reward", -1.25, "num_tokens", 2_112_000.0, "zero", 0.0)));
        assertThat(Base64.getEncoder().encodeToString(file.content())).isEqualTo(OF_TENSORBOARD);
    }

    @Test
    void aFolderGetsEachStepOnce(@TempDir Path folder) throws IOException {
        ExampleRun run = new ExampleRun(SparkTest.spark(), folder.resolve("run")).begin("train");
        run.metrics(1, Map.of("step", 1, "reward", 0.5)).manifest(1, null);
        run.metrics(2, Map.of("step", 2, "reward", 0.75)); // not complete
        Path events = folder.resolve("events");
        add(folder, events);
        add(folder, events);
        assertThat(names(events)).containsExactly("events.out.tfevents.1795407153.recthink.000000-000001");
        run.manifest(2, null);
        add(folder, events);
        assertThat(names(events))
                .containsExactly(
                        "events.out.tfevents.1795407153.recthink.000000-000001",
                        "events.out.tfevents.1795407153.recthink.000002-000002");
        long seconds = Files.getLastModifiedTime(folder.resolve("run/step-000002/manifest.json"))
                .toMillis();
        EventFile expected = new EventFile(1795407153);
        expected.add(2, seconds / 1000.0, Map.of("reward", 0.75));
        assertThat(events.resolve(names(events).get(1))).hasBinaryContent(expected.content());
        Files.move(
                events.resolve(names(events).get(0)),
                events.resolve("events.out.tfevents.1795407100.recthink.000000-000001"));
        assertThatThrownBy(() -> add(folder, events))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has the events of another run");
    }

    private static void add(Path folder, Path events) {
        Configuration hadoop = SparkTest.spark().sparkContext().hadoopConfiguration();
        new EventFolder(events.toString(), hadoop)
                .add(RunFolder.at(folder.resolve("run").toString(), hadoop));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
