package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.recthink.spark.distribution.Recthink.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses the Python module in a PySpark session, from the jar and from the wheel. */
class PythonIT {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void prepare() throws Exception {
        Python.require("pyspark", "numpy");
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
        Python.require("pip");
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

    private static String python(List<String> arguments) throws IOException, InterruptedException {
        return Python.run(folder, Map.of(), arguments);
    }
}
