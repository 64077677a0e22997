package io.recthink.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.chat.MisbehavingServer;
import io.recthink.spark.distribution.Recthink;
import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the driver and an executor while {@code cold-start} asks a server, and counts what the server was asked twice:
 * at most the requests in flight and the answers since the last closed file of the ledger.
 */
class TeacherKillsIT {
    private static final int ROWS = 60;
    private static final int CONCURRENCY = 4;
    private static final int EVERY = 3;
    private static final int TASKS = 2;
    private static final int ANSWERED_BEFORE_THE_KILL = 20;
    private static final String KEY = "sk-rt-0f6f1b7e55d94a02";

    @TempDir
    private static Path root;

    private MisbehavingServer server;

    @BeforeAll
    static void prepare() throws Exception {
        for (String command : List.of("simulate", "prepare")) {
            Result result = new Recthink(root, Map.of())
                    .run(words(command, "--set=prepare.pools={coldStart: 60, sft: 0, rl: 20}"));
            assertThat(result.status()).as(result.errors()).isZero();
        }
    }

    @BeforeEach
    void serve() throws IOException {
        server = MisbehavingServer.start();
        String trace = MisbehavingServer.completion(
                """
                <analyze user>
                [pos] strap [neg] cable
                </analyze user>
                <analyze item>
                strap
                </analyze item>
                <match>
                strap for
                </match>
                <rate>4</rate>""");
        server.otherwise((request, connection) -> {
            Thread.sleep(60);
            connection.respond(200, trace);
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    @Test
    void aKilledDriverLosesOnlyWhatWasInFlightOrUnwritten() throws Exception {
        Process process = start("local[2]", "driver");
        waitForAnswers(process);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        assertThat(root.resolve("driver-traces/_files.json")).doesNotExist();
        assertThat(Files.readString(output("driver"))).doesNotContain(KEY);
        Process again = start("local[2]", "driver");
        assertThat(again.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(again.exitValue()).as(Files.readString(output("driver"))).isZero();
        requireFewAskedTwice();
        requireNoKey("driver");
    }

    @Test
    void aLostExecutorLosesOnlyWhatWasInFlightOrUnwritten() throws Exception {
        Process process = start("local-cluster[2,1,1024]", "executor");
        waitForAnswers(process);
        ProcessHandle executor = process.descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .findFirst()
                .orElseThrow();
        executor.destroyForcibly();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output("executor"))).isZero();
        requireFewAskedTwice();
        requireNoKey("executor");
    }

    private void waitForAnswers(Process process) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (server.asked() < ANSWERED_BEFORE_THE_KILL && System.nanoTime() < deadline && process.isAlive()) {
            Thread.sleep(10);
        }
        assertThat(server.asked()).isBetween(ANSWERED_BEFORE_THE_KILL, 2 * ROWS);
    }

    private void requireFewAskedTwice() {
        List<String> bodies =
                server.requests().stream().map(MisbehavingServer.Request::body).toList();
        long different = bodies.stream().distinct().count();
        assertThat(different).isGreaterThanOrEqualTo(ROWS);
        // In each task up to EVERY - 1 answers wait for their file.
        assertThat(bodies.size() - different).isLessThanOrEqualTo(CONCURRENCY + TASKS * (EVERY - 1));
    }

    /** Looks for the key in everything that the application leaves: run folder, ledger, logs and event log. */
    private static void requireNoKey(String name) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).anyMatch(file -> file.startsWith(root.resolve("events-" + name)));
            for (Path file : all) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(KEY);
            }
        }
    }

    private Process start(String master, String name) throws IOException {
        Path events = Files.createDirectories(root.resolve("events-" + name));
        List<String> command = new ArrayList<>(List.of(
                "--master",
                master,
                "--conf",
                "spark.eventLog.enabled=true",
                "--conf",
                "spark.eventLog.compress=false",
                "--conf",
                "spark.eventLog.dir=" + events.toUri()));
        command.addAll(words(
                "cold-start",
                "--set=coldStart={traces: %d, ratings: truth}".formatted(ROWS),
                "--set=paths.traces=%s-traces".formatted(name),
                "--set=paths.teacher=%s-teacher".formatted(name),
                "--set=teacher={kind: chat, model: a-model, url: '%s', apiKeyVariable: TEACHER_KEY}"
                        .formatted(server.url()),
                "--set=teacher.concurrency=" + CONCURRENCY,
                "--set=teacher.ledger.every=" + EVERY));
        return new Recthink(root, Map.of("TEACHER_KEY", KEY))
                .builder(command)
                .redirectErrorStream(true)
                .redirectOutput(output(name).toFile())
                .start();
    }

    private static Path output(String name) {
        return root.resolve("output-%s.txt".formatted(name));
    }

    private static List<String> words(String command, String... more) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(Recthink.smallWay(root));
        words.addAll(List.of(more));
        return words;
    }
}
