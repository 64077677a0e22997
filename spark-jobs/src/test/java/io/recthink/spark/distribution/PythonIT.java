package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uses the Python module in a PySpark session, from the jar and from the wheel. {@code -Drecthink.python=PATH} names a
 * Python with pyspark and numpy; without one, {@code python3} is asked, and the test is skipped when it has none.
 */
class PythonIT {
    private static final String PYTHON = System.getProperty("recthink.python", "python3");

    private static final String MISSING = PYTHON
            + " has no pyspark and numpy, so the Python module is not tried. -Drecthink.python=PATH names another.";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void prepare() throws Exception {
        boolean there = has("import pyspark, numpy");
        if (!there) { // Surefire shows no reason for a class that is skipped as a whole
            System.out.println("PythonIT is skipped: " + MISSING);
        }
        assumeTrue(there, MISSING);
        Recthink recthink = new Recthink(folder, Map.of());
        for (String command : List.of("simulate", "prepare")) {
            List<String> words = new ArrayList<>(List.of(command));
            words.addAll(Recthink.smallWay(folder));
            Result result = recthink.run(words);
            assertThat(result.status()).as(result.errors()).isZero();
        }
    }

    @Test
    void ratingsPairsPipelinesAndTextsWorkFromTheJar() throws Exception {
        String output = python(List.of(
                Path.of("src/test/python/use_recthink.py").toAbsolutePath().toString(),
                jar().toString(),
                folder.resolve("data").toString(),
                Recthink.HOME.resolve("conf/quickstart-policy").toString(),
                Files.createDirectories(folder.resolve("saved")).toString(),
                Recthink.HOME.resolve("conf/quickstart.yaml").toString()));
        assertThat(output).contains("RATED", "GENERATED", "DONE");
    }

    @Test
    void theWheelIsInstalledAndSaysWhenTheJarIsMissing() throws Exception {
        assumeTrue(has("import pip"), PYTHON + " has no pip: the wheel was not tried");
        Path wheel;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            wheel = files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow();
        }
        Path site = folder.resolve("site");
        python(List.of(
                "-m",
                "pip",
                "install",
                "-q",
                "--no-deps",
                "--no-index",
                "--target",
                site.toString(),
                wheel.toString()));
        String output = python(List.of(
                "-c",
                """
                import sys; sys.path.insert(0, %s)
                from pyspark.sql import SparkSession
                SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
                import recthink
                try:
                    recthink.RatingPredictor(modelUrl="x")
                except ImportError as e:
                    print(recthink.__file__, e)
                """
                        .formatted("'" + site + "'")));
        assertThat(output).contains(site.toString()).contains("Start the session with recthink.jar");
    }

    private static Path jar() {
        return Path.of("target/recthink.jar").toAbsolutePath();
    }

    private static boolean has(String imports) throws InterruptedException {
        try {
            return new ProcessBuilder(PYTHON, "-c", imports)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String python(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(arguments);
        Path log = Files.createTempFile(folder, "python", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("SPARK_HOME");
        builder.environment().put("PYSPARK_PYTHON", PYTHON);
        Process process = builder.start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
