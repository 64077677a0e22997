package io.recthink.spark.cli;

import io.recthink.spark.Job;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The command of a job that can go on where it was stopped. */
final class ResumableJobCommand extends JobCommand {
    private final Function<Boolean, Job> jobs;

    @Option(names = "--resume", description = "continue the run in the run folder, from its newest complete step")
    private boolean resume;

    /**
     * A command.
     *
     * @param jobs makes the job; is told whether to resume
     */
    ResumableJobCommand(String name, Function<Boolean, Job> jobs) {
        super(name, () -> jobs.apply(false));
        this.jobs = jobs;
    }

    @Override
    String remedy() {
        return "Start the same command with --resume: it continues after the newest complete step.";
    }

    @Override
    Job job() {
        return jobs.apply(resume);
    }
}
