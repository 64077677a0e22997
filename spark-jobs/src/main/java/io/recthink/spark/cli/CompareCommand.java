package io.recthink.spark.cli;

import io.recthink.spark.Job;
import io.recthink.spark.compare.CompareJob;
import picocli.CommandLine.Option;

/** {@code recthink compare}. */
final class CompareCommand extends JobCommand {
    @Option(
            names = "--intersect",
            description = "score the rows that every system has predicted, and say how many are lost")
    private boolean intersect;

    @Option(
            names = "--clip",
            description = "hold predictions that are off the rating scale within it, and say how many were")
    private boolean clip;

    CompareCommand() {
        super("compare", CompareJob::new);
    }

    @Override
    Job job() {
        return new CompareJob(intersect, clip);
    }
}
