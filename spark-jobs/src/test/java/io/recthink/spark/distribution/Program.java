package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs a program for a test. */
final class Program {
    private Program() {}

    /**
     * Runs a program to its end, five minutes at most, and fails the test unless its exit status is 0.
     *
     * @param log receives what it prints on both streams
     * @return what it has printed
     */
    static String run(ProcessBuilder builder, Path log) throws IOException, InterruptedException {
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        String output = Files.readString(log);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
