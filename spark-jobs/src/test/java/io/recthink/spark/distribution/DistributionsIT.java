package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the packaged application as a user starts it, on distributions of Spark: on the threads of one process, on a
 * cluster of processes, and on Spark 4. The weights and the tables of all runs are equal to the bit.
 */
class DistributionsIT {
    /** Settings with which all processes use the same instructions; see the settings of the tests in pom.xml. */
    private static final Map<String, String> INSTRUCTIONS =
            Map.of("ATEN_CPU_CAPABILITY", "avx2", "MKL_ENABLE_INSTRUCTIONS", "AVX2", "SPARK_LOCAL_IP", "127.0.0.1");

    /** Settings of clusters that other people have set up. */
    private static final Map<String, String> STRANGE = Map.of(
            "spark.sql.ansi.enabled", "true",
            "spark.sql.shuffle.partitions", "7",
            "spark.sql.session.timeZone", "Asia/Tokyo",
            "spark.sql.caseSensitive", "true",
            "spark.sql.adaptive.enabled", "false",
            "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
            "spark.speculation", "true",
            "spark.sql.datetime.java8API.enabled", "true");

    private static final List<String> COMMANDS =
            List.of("simulate", "prepare", "oracle", "train", "predict", "compare");

    @TempDir
    private static Path folder;

    private static Path local;

    @BeforeAll
    static void runOnOneProcess() throws IOException, InterruptedException {
        local = folder.resolve("local");
        run(local, INSTRUCTIONS, List.of(), List.of("quickstart")); // all jobs in one application
    }

    @Test
    void thePathEndsInATableAndPages() {
        assertThat(local.resolve("run/step-000002/manifest.json")).isNotEmptyFile();
        assertThat(local.resolve("table/comparison.csv")).content().contains("grpo", "bias");
        assertThat(local.resolve("report.html")).isNotEmptyFile();
    }

    @Test
    void aClusterOfProcessesWithStrangeSettingsEndsWithTheSameBitsAndCallsNobody() throws Exception {
        Path root = Files.createDirectory(folder.resolve("cluster"));
        Path connections = folder.resolve("connections");
        try (StandaloneCluster cluster = StandaloneCluster.start(
                Distribution.SPARK_3_5, Files.createDirectory(folder.resolve("daemons")), 2, INSTRUCTIONS)) {
            List<String> options = new ArrayList<>(List.of("--master", cluster.master()));
            STRANGE.forEach((key, value) -> options.addAll(List.of("--conf", key + "=" + value)));
            options.addAll(List.of("--conf", "spark.executor.memory=1g"));
            for (String side : List.of("driver", "executor")) {
                options.addAll(List.of(
                        "--conf",
                        "spark.%s.extraJavaOptions=%s %s"
                                .formatted(side, ConnectionWatch.options(connections), Recthink.SHORT_RUN),
                        "--conf",
                        "spark.%s.extraClassPath=%s".formatted(side, ConnectionWatch.classPath())));
            }
            run(root, INSTRUCTIONS, options, COMMANDS);
        }
        assertThat(ConnectionWatch.wanted(connections))
                .as("connections of the driver and the executors beside this machine")
                .isEmpty();
        samePolicies(root);
        for (String file : List.of("comparison.csv", "slices.csv", "calibration.csv")) {
            assertThat(root.resolve("table/" + file)).hasSameBinaryContentAs(local.resolve("table/" + file));
        }
    }

    @Test
    @Tag("other-spark")
    void spark4EndsWithTheSameBits() throws Exception {
        Path root = Files.createDirectory(folder.resolve("spark-4"));
        Map<String, String> environment = new HashMap<>(INSTRUCTIONS);
        environment.put("SPARK_HOME", Distribution.SPARK_4.home().toString());
        run(root, environment, List.of("--master", "local[2]"), COMMANDS);
        samePolicies(root);
        assertThat(root.resolve("table/comparison.csv")).hasSameBinaryContentAs(local.resolve("table/comparison.csv"));
    }

    private static void run(Path root, Map<String, String> environment, List<String> options, List<String> commands)
            throws IOException, InterruptedException {
        Path policy = Recthink.HOME.resolve("conf/quickstart-policy");
        List<String> settings = List.of(
                "--set=train={start: model, steps: 2, promptsPerStep: 8}",
                "--set=validation={every: 1, rows: 20}",
                "--set=predict.policies={grpo: run, warm-start: " + policy + "}");
        for (String command : commands) {
            List<String> arguments = new ArrayList<>(options);
            arguments.add(command);
            arguments.addAll(Recthink.smallWay(root));
            arguments.addAll(settings);
            Result result = new Recthink(folder, environment).run(arguments);
            assertThat(result.status())
                    .as(() -> command + System.lineSeparator() + result.errors())
                    .isZero();
        }
    }

    private static void samePolicies(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(local.resolve("run"))) {
            files = all.filter(path -> path.endsWith("model.safetensors")).toList();
        }
        assertThat(files).hasSizeGreaterThan(1);
        for (Path file : files) {
            assertThat(root.resolve(local.relativize(file))).hasSameBinaryContentAs(file);
        }
    }
}
