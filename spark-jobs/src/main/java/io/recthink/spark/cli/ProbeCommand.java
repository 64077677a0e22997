package io.recthink.spark.cli;

import io.recthink.spark.Job;
import io.recthink.spark.probe.ProbeJob;
import picocli.CommandLine.Option;

/** {@code recthink probe}: the job with the option {@code --policy}. */
final class ProbeCommand extends JobCommand {
    @Option(
            names = "--policy",
            required = true,
            paramLabel = "DIR",
            description = "folder of a model or an adapter, run folder (its best policy) or run folder@step")
    private String policy;

    ProbeCommand() {
        super("probe", () -> new ProbeJob(""));
    }

    @Override
    Job job() {
        return new ProbeJob(policy);
    }
}
