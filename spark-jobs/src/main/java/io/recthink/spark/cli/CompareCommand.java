package io.recthink.spark.cli;

import io.recthink.spark.Job;
import io.recthink.spark.compare.CompareJob;
import picocli.CommandLine.Option;

/** {@code recthink compare}: the job with the option {@code --intersect}. */
final class CompareCommand extends JobCommand {
    @Option(
            names = "--intersect",
            description = "score only the rows that every system has predicted, and say how many rows are lost")
    private boolean intersect;

    @Option(
            names = "--clip",
            description = "clip predictions outside the rating scale to the scale, and say how many predictions were"
                    + " outside")
    private boolean clip;

    CompareCommand() {
        super("compare", CompareJob::new);
    }

    @Override
    Job job() {
        return new CompareJob(intersect, clip);
    }
}
