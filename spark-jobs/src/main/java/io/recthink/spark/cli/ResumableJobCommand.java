package io.recthink.spark.cli;

import io.recthink.spark.Job;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The command of a job that can continue a stopped run with {@code --resume}. */
final class ResumableJobCommand extends JobCommand {
    private final Function<Boolean, Job> jobs;

    @Option(names = "--resume", description = "continue the run in the run folder, from its newest complete step")
    private boolean resume;

    /**
     * Creates the command.
     *
     * @param jobs creates the job; the argument says whether the job resumes a run
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
