package io.recthink.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recthink.InvalidInputException;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.files.FolderLock;
import io.recthink.spark.files.LockWatch;
import io.recthink.spark.files.Storage;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FollowedRunTest {
    private static final Configuration HADOOP = SparkTest.spark().sparkContext().hadoopConfiguration();

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void thePageIsWrittenAgainAfterEachStepUntilTheRunIsNotWrittenAnyMore() throws Exception {
        Path run = folder.resolve("run");
        Path page = folder.resolve("page.html");
        BlockingQueue<String> pages = new LinkedBlockingQueue<>();
        InspectJob job = new InspectJob(
                Optional.of(run.toString()),
                Optional.of(page.toString()),
                Optional.of(folder.resolve("events").toString()),
                Optional.of(Duration.ofMillis(1500)),
                written -> pages.add(read(page)));
        Thread thread = new Thread(() -> job.run(SparkTest.spark(), JobSettings.SECTIONS.read("none", "", List.of())));
        thread.start();
        Thread.sleep(500); // the run does not exist yet

        List<String> found = new ArrayList<>();
        try (FolderLock lock = FolderLock.take(Storage.at(run.toString(), HADOOP), Duration.ZERO, "another")) {
            lock.check();
            ExampleRun example = new ExampleRun(SparkTest.spark(), run).begin("train");
            for (int step = 1; step <= 2; step++) {
                example.metrics(step, Map.of("step", step, "reward", step / 8.0))
                        .rollouts(step, 1, List.of("row"), List.of("trace of step " + step))
                        .manifest(step, null);
                found.add(pages.poll(60, TimeUnit.SECONDS));
            }
        }
        thread.join();
        found.add(pages.poll());
        assertThat(pages).isEmpty();
        assertThat(found.get(0))
                .contains("trace of step 1", "This run goes on", "content=\"1\"")
                .doesNotContain("step 2");
        assertThat(found.get(1)).contains("trace of step 2", "This run goes on", "<strong>2 of 300</strong>");
        assertThat(found.get(2)).contains("trace of step 2").doesNotContain("This run goes on", "refresh");
        try (var events = Files.list(folder.resolve("events"))) {
            assertThat(events.filter(file -> !file.getFileName().toString().startsWith(".")))
                    .hasSize(2);
        }
    }

    @Test
    @Timeout(60)
    void aRunThatEndsBeforeItsFirstStepIsNamed() throws Exception {
        Path run = folder.resolve("run");
        FolderLock lock = FolderLock.take(Storage.at(run.toString(), HADOOP), Duration.ZERO, "another");
        CompletableFuture<Void> following = CompletableFuture.runAsync(() -> follow(run));
        Thread.sleep(1000);
        assertThat(following).isNotDone();
        lock.close();
        assertThatThrownBy(following::get)
                .hasCauseInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no complete step with metrics");
    }

    @Test
    void aRunWhoseWriterWasKilledIsShownOnce() throws Exception {
        Path run = folder.resolve("run");
        new ExampleRun(SparkTest.spark(), run)
                .begin("train")
                .metrics(1, Map.of("step", 1, "reward", 0.5))
                .manifest(1, null);
        Files.writeString(
                run.resolve("lock.json"),
                "{\"token\":\"t\",\"host\":\"%s\",\"process\":999999999,\"processStart\":1,\"renewed\":1}"
                        .formatted(InetAddress.getLocalHost().getHostName()));
        follow(run);
        assertThat(folder.resolve("page.html")).content().contains("reward").doesNotContain("This run goes on");
    }

    @Test
    void anOwnerElsewhereCountsByWhatChangesNotByItsClock() throws Exception {
        Path run = Files.createDirectories(folder.resolve("run"));
        Files.writeString(
                run.resolve("lock.json"),
                "{\"token\":\"t\",\"host\":\"elsewhere\",\"process\":1,\"processStart\":1,\"renewed\":1}");
        assertThat(new LockWatch(Storage.at(run.toString(), HADOOP)).isHeld()).isTrue();
        Files.writeString(run.resolve("lock.json"), "");
        assertThat(new LockWatch(Storage.at(run.toString(), HADOOP)).isHeld())
                .as("a lock that is being renewed")
                .isTrue();
        Files.delete(run.resolve("lock.json"));
        assertThat(new LockWatch(Storage.at(run.toString(), HADOOP)).isHeld()).isFalse();
    }

    private void follow(Path run) {
        new InspectJob(
                        Optional.of(run.toString()),
                        Optional.of(folder.resolve("page.html").toString()),
                        Optional.empty(),
                        Optional.of(Duration.ofMillis(200)),
                        written -> {})
                .run(SparkTest.spark(), JobSettings.SECTIONS.read("none", "", List.of()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
