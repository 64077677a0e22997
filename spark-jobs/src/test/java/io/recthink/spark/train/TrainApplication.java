package io.recthink.spark.train;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Runs {@code train} as a separate application, for tests that kill the application or parts of it. The arguments are
 * the master, the folder of a {@link TinyWorld}, whether to resume, the plan of {@link Sabotage}, and settings.
 */
public final class TrainApplication {
    private TrainApplication() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[1]);
        List<String> settings = Stream.of(arguments).skip(4).toList();
        Configuration configuration =
                JobSettings.SECTIONS.read("tiny.yaml", Files.readString(root.resolve("tiny.yaml")), settings);
        try (SparkSession spark = session(arguments[0])) {
            Sabotage.plan(
                    arguments[3],
                    Path.of(configuration.paths().resolve(configuration.paths().run())),
                    spark);
            new TrainJob(Boolean.parseBoolean(arguments[2])).run(spark, configuration);
        }
    }

    private static SparkSession session(String master) {
        return SparkTest.clusterSession().master(master).getOrCreate();
    }

    /**
     * Starts the application and waits for its end.
     *
     * @return the exit status of the application; 137 after a kill
     */
    static int run(TinyWorld world, String master, boolean resume, String sabotage, String... settings)
            throws IOException, InterruptedException {
        Files.writeString(world.root().resolve("tiny.yaml"), world.yaml());
        List<String> command = SparkTest.command(
                TrainApplication.class, master, world.root().toString(), Boolean.toString(resume), sabotage);
        command.addAll(List.of(settings));
        Path log = world.root().resolve("application.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return process.waitFor();
    }
}
