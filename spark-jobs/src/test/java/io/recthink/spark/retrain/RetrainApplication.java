package io.recthink.spark.retrain;

import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Runs {@code retrain} as a separate application, for tests that kill it. The arguments are a file with settings of
 * Spark, the end of the cycle, and settings of {@link RetrainWorld}.
 */
public final class RetrainApplication {
    private RetrainApplication() {}

    public static void main(String[] arguments) throws IOException {
        Properties settings = new Properties();
        try (var file = Files.newBufferedReader(Path.of(arguments[0]))) {
            settings.load(file);
        }
        SparkSession.Builder builder = SparkTest.session()
                .master("local[2]")
                .config("spark.sql.shuffle.partitions", 1)
                .config("spark.default.parallelism", 2);
        for (String name : settings.stringPropertyNames()) {
            builder = builder.config(name, settings.getProperty(name));
        }
        try (SparkSession spark = builder.getOrCreate()) {
            new RetrainJob(Optional.of(Instant.parse(arguments[1])))
                    .run(
                            spark,
                            JobSettings.SECTIONS.read(
                                    "retrain.yaml",
                                    RetrainWorld.yaml(),
                                    Stream.of(arguments).skip(2).toList()));
        }
    }

    /** The process of the application, not started. */
    static ProcessBuilder process(Path sparkSettings, Instant until, List<String> settings) {
        List<String> command = SparkTest.command(RetrainApplication.class, sparkSettings.toString(), until.toString());
        command.addAll(settings);
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
