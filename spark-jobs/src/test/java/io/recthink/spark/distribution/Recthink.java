package io.recthink.spark.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code bin/recthink} as a process. */
public final class Recthink {
    /** The folder of the checkout. */
    public static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    /** Options of a JVM that runs for seconds: the optimizing compiler would take more time than it saves. */
    public static final String SHORT_RUN = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Path folder;
    private final Map<String, String> environment;

    /**
     * Prepares the command in a working folder.
     *
     * @param environment variables to add to the environment of the tests; SPARK_HOME is unset unless given here
     */
    public Recthink(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
    }

    /** Returns options for a short quickstart below {@code root}, which starts from the quickstart's policy. */
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

    /** The exit status, the standard output and the standard error of a command. */
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

    /** Returns the process of the command, not started. */
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
