package io.recthink.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.SparkTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that native memory does not grow in a run of many steps on two executor processes. Native memory is the
 * anonymous pages of a process minus the memory that its JVM accounts for, because the JVM's compiled code grows for
 * hundreds of steps. The test takes minutes: {@code mvn -Psoak test}.
 */
@Tag("soak")
class GrowthTest {
    private static final int STEPS = 300;
    /** Steps in which the memory of the C library still grows to its final size. */
    private static final int WARM_UP = 100;

    private static final int EVERY = 20;
    private static final double MIB = 1 << 20;
    /**
     * Single readings differ by 10 MiB, as a process computes or waits; a leak of 160 KiB a step exceeds this limit.
     */
    private static final double GROWTH_MIB = 32;

    private static final int FEW = 8;
    private static final Set<String> NATIVE =
            Set.of("ai.djl.pytorch.engine.PtNDArray", "ai.djl.pytorch.jni.IValue", "ai.djl.pytorch.engine.PtNDManager");

    @TempDir
    private static Path root;

    /** The readings of each process by its name, after the warm-up. */
    private static final Map<String, List<Reading>> READINGS = new TreeMap<>();

    /** @param handles number of reachable Java objects for native tensors, values and managers */
    private record Reading(int step, double nativeMib, long handles, long threads, long files) {}

    @BeforeAll
    static void watchARun() throws Exception {
        TinyWorld world = TinyWorld.create(SparkTest.spark(), root.resolve("world"));
        Files.createDirectories(root.resolve("temporary"));
        Files.writeString(world.root().resolve("tiny.yaml"), world.yaml());
        Process driver = start(world);
        for (int step = 1; step <= STEPS; step++) {
            Path manifest = world.run().resolve("step-%06d/manifest.json".formatted(step));
            while (driver.isAlive() && !Files.exists(manifest)) {
                Thread.sleep(20);
            }
            if (step > WARM_UP && step <= STEPS - EVERY && step % EVERY == 0) {
                read(step, driver);
            }
        }
        assertThat(driver.waitFor())
                .as(Files.readString(root.resolve("application.log")))
                .isZero();
    }

    private static Process start(TinyWorld world) throws IOException {
        List<String> command = SparkTest.command(
                TrainApplication.class, "local-cluster[2,1,1024]", world.root().toString(), "false", "none");
        command.addAll(List.of(
                "train.steps=" + STEPS,
                "train.guards.minFormatRate=0",
                "train.guards.startCompletions=0",
                "train.guards.deadSteps=0",
                "rollout.maxTokens=24"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("application.log").toFile());
        builder.environment()
                .put(
                        "JAVA_TOOL_OPTIONS",
                        "-XX:NativeMemoryTracking=summary -Xms1g -XX:+AlwaysPreTouch -Djava.io.tmpdir="
                                + root.resolve("temporary"));
        return builder.start();
    }

    private static void read(int step, Process driver) {
        reading("driver", step, driver.pid());
        driver.descendants()
                .filter(process -> commandLine(process.pid()).contains("CoarseGrainedExecutorBackend"))
                .sorted()
                .forEach(process -> reading("executor " + process.pid(), step, process.pid()));
    }

    private static void reading(String name, int step, long pid) {
        Path process = Path.of("/proc", String.valueOf(pid));
        try (Stream<String> status = Files.lines(process.resolve("status"));
                Stream<Path> threads = Files.list(process.resolve("task"))) {
            double anonymous = status.filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
            READINGS.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(new Reading(
                            step,
                            anonymous / MIB - accountedMib(pid),
                            handles(pid),
                            threads.count(),
                            openFiles(process)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the smallest of five counts: each child process with which Hadoop sets permissions adds eight pipes. */
    private static long openFiles(Path process) throws IOException {
        long fewest = Long.MAX_VALUE;
        for (int count = 0; count < 5; count++) {
            try (Stream<Path> files = Files.list(process.resolve("fd"))) {
                fewest = Math.min(fewest, files.count());
            }
            LockSupport.parkNanos(20_000_000);
        }
        return fewest;
    }

    /** Returns the memory that the JVM reports as committed: heap, classes, compiled code, stacks, direct buffers. */
    private static double accountedMib(long pid) throws IOException {
        return ask(pid, "VM.native_memory", "summary", "scale=KB")
                .filter(line -> line.startsWith("Total:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*committed=(\\d+)KB.*", "$1")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Counts the reachable instances of {@link #NATIVE}, also those that nobody closed and only a manager references.
     */
    private static long handles(long pid) throws IOException {
        return ask(pid, "GC.class_histogram")
                .map(line -> line.strip().split("\\s+")) // rank, instances, bytes, class, module
                .filter(words -> words.length > 3 && NATIVE.contains(words[3]))
                .mapToLong(words -> Long.parseLong(words[1]))
                .sum();
    }

    private static Stream<String> ask(long pid, String... question) throws IOException {
        List<String> command = new ArrayList<>(List.of("jcmd", String.valueOf(pid)));
        command.addAll(List.of(question));
        try (BufferedReader lines = new ProcessBuilder(command).start().inputReader()) {
            return lines.lines().toList().stream();
        }
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(pid), "cmdline"));
        } catch (IOException e) { // the process has ended
            return "";
        }
    }

    @Test
    void nativeMemoryOfEveryProcessIsFlat() {
        assertThat(READINGS).hasSize(3);
        SoftAssertions each = new SoftAssertions();
        READINGS.forEach((name, readings) -> {
            SimpleRegression line = new SimpleRegression();
            readings.forEach(reading -> line.addData(reading.step(), reading.nativeMib()));
            double growth = line.getSlope() * (STEPS - WARM_UP);
            System.out.printf(
                    "%s: %s MiB every %d steps, %.2f MiB by the slope%n",
                    name,
                    readings.stream().map(Reading::nativeMib).map(Math::round).toList(),
                    EVERY,
                    growth);
            each.assertThat(growth)
                    .as("MiB that " + name + " grows in a straight line")
                    .isLessThan(GROWTH_MIB);
        });
        each.assertAll();
    }

    /** Compares the smallest readings, because a reading during a computation has more handles, never fewer. */
    @Test
    void noTensorIsForgotten() {
        READINGS.forEach((name, readings) -> {
            int half = readings.size() / 2;
            long before = fewestHandles(readings.subList(0, half));
            long after = fewestHandles(readings.subList(half, readings.size()));
            System.out.printf("%s: handles %d, then %d%n", name, before, after);
            assertThat(after).as("handles of " + name).isLessThan(before + FEW);
            assertThat(before > 0).as("whether " + name + " computes").isEqualTo(!name.equals("driver"));
        });
    }

    private static long fewestHandles(List<Reading> readings) {
        return readings.stream().mapToLong(Reading::handles).min().orElseThrow();
    }

    @Test
    void noThreadAndNoFileStaysOpen() {
        READINGS.forEach((name, readings) -> {
            Reading first = readings.get(0);
            Reading last = readings.get(readings.size() - 1);
            assertThat(last.threads()).as("threads of " + name).isLessThan(first.threads() + FEW);
            assertThat(last.files()).as("open files of " + name).isLessThan(first.files() + FEW);
        });
    }

    @Test
    void nothingIsLeftOnDisk() throws IOException {
        try (Stream<Path> left = Files.list(root.resolve("temporary"))) {
            assertThat(left.map(path -> path.getFileName().toString()).collect(Collectors.toList()))
                    .as("temporary files and folders")
                    .isEmpty();
        }
    }
}
