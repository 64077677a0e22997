package io.recthink.spark.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code bin/recthink} as a process. */
public final class Recthink {
    /** The checkout. */
    public static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    /** Options of a JVM that runs for seconds: the thorough compiler would take more time than it saves. */
    public static final String SHORT_RUN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Path folder;
    private final Map<String, String> environment;

    /**
     * The command, started in a folder.
     *
     * @param environment beside that of the tests; SPARK_HOME is not set unless it is here
     */
    public Recthink(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
    }

    /** Options with which the quickstart's way is short, below a folder, starting from its policy. */
    public static List<String> smallWay(Path root) {
        return List.of(
                "--config=" + HOME.resolve("conf/quickstart.yaml"),
                "--set=paths.root=" + root,
                "--set=paths.model=" + HOME.resolve("conf/quickstart-policy"),
                "--set=simulate.users=60",
                "--set=simulate.items=20",
                "--set=prepare.pools={coldStart: 0, rl: 60}",
                "--set=compare={resamples: 200, sliceResamples: 100}");
    }

    /** What it did. */
    public record Result(int status, String output, String errors) {}

    /** Runs the command to its end, five minutes at most. */
    public Result run(List<String> arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Path errors = Files.createTempFile(folder, "errors", ".txt");
        Process process = builder(arguments)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Result(process.waitFor(), Files.readString(output), Files.readString(errors));
    }

    /** The process of the command, not started. */
    public ProcessBuilder builder(List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(HOME.resolve("bin/recthink").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().remove("SPARK_HOME");
        builder.environment().put("SPARK_SUBMIT_OPTS", SHORT_RUN);
        builder.environment().putAll(environment);
        return builder;
    }
}
