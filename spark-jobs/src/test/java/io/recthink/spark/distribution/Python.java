package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs of Python. {@code -Drecthink.python=PATH} names the interpreter; without it, {@code python3} is taken.
 * Tests are skipped where it lacks the packages that they need.
 */
public final class Python {
    private static final String INTERPRETER = System.getProperty("recthink.python", "python3");

    private Python() {}

    /** Skips the test, with the reason on the console too, unless all packages can be imported. */
    public static void require(String... packages) throws InterruptedException {
        String missing = "%s cannot import all of %s, so this is not tried: -Drecthink.python=PATH names another Python"
                .formatted(INTERPRETER, String.join(", ", packages));
        boolean there = has(packages);
        if (!there) { // Surefire shows no reason for a class that is skipped as a whole.
            System.out.println("Skipped: " + missing);
        }
        assumeTrue(there, missing);
    }

    private static boolean has(String... packages) throws InterruptedException {
        try {
            return new ProcessBuilder(INTERPRETER, "-c", "import " + String.join(", ", packages))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Runs a program to its end, five minutes at most, and fails the test unless its exit status is 0.
     *
     * @param folder for the file with the output
     * @param environment variables to add to the environment of the tests
     * @return what it has printed on both streams
     */
    public static String run(Path folder, Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(INTERPRETER));
        command.addAll(arguments);
        Path log = Files.createTempFile(folder, "python", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // The Spark of the Python package, not the one of this build, which has no scripts to start it.
        builder.environment().remove("SPARK_HOME");
        builder.environment().put("PYSPARK_PYTHON", INTERPRETER);
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
