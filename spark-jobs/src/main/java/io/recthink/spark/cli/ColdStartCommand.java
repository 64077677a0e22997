package io.recthink.spark.cli;

import io.recthink.spark.Job;
import io.recthink.spark.coldstart.ColdStartJob;
import picocli.CommandLine.Option;

/** {@code recthink cold-start}: writes teacher traces, or prints what they would cost. */
final class ColdStartCommand extends JobCommand {
    @Option(
            names = "--dry-run",
            description = "print what would be asked and what it would cost; ask and write nothing")
    private boolean isDryRun;

    ColdStartCommand() {
        super("cold-start", ColdStartJob::new);
    }

    @Override
    String remedy() {
        return "Start the same command again: what a teacher model has answered is kept and not asked again.";
    }

    @Override
    Job job() {
        return new ColdStartJob(isDryRun);
    }
}
