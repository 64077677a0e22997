package io.recthink.spark.distribution;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs programs of Python. {@code -Drecthink.python=PATH} names the interpreter; without it, {@code python3} is taken.
 * Tests are skipped where it lacks the packages that they need.
 */
public final class Python {
    private static final String INTERPRETER = System.getProperty("recthink.python", "python3");

    private static final String EXECUTE =
            """
            import sys, nbclient, nbformat
            notebook = nbformat.read(sys.argv[1], 4)
            nbformat.validate(notebook)
            nbclient.NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
            nbformat.write(notebook, sys.argv[2])
            """;

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
        ProcessBuilder builder = new ProcessBuilder(command);
        // The Spark of the Python package, not the one of this build, which has no scripts to start it.
        builder.environment().remove("SPARK_HOME");
        builder.environment().put("PYSPARK_PYTHON", INTERPRETER);
        builder.environment().putAll(environment);
        return Program.run(builder, Files.createTempFile(folder, "python", ".log"));
    }

    /**
     * Executes a notebook, and returns the file with its outputs.
     *
     * @param folder for this file
     * @param environment as for {@link #run}
     */
    public static Path execute(Path notebook, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path executed = folder.resolve("executed-" + notebook.getFileName());
        run(folder, environment, List.of("-c", EXECUTE, notebook.toString(), executed.toString()));
        return executed;
    }
}
