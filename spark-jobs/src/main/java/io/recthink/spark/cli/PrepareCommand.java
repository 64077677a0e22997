package io.recthink.spark.cli;

import io.recthink.spark.Job;
import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.source.Period;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code recthink prepare}: prepares a log, or a part of a log. */
final class PrepareCommand extends JobCommand implements CheckedCommand {
    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "read reviews from this date or time on (2024-06-01, 2024-06-01T12:00:00Z)")
    private Optional<String> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "read reviews before this date or time only")
    private Optional<String> until = Optional.empty();

    @Option(
            names = "--append-to",
            paramLabel = "DATA",
            description =
                    "begin with the unchanged data set of this folder and add later reviews; a relative path starts at"
                            + " paths.root; default of --since: the end of that data set")
    private Optional<String> appendTo = Optional.empty();

    @Option(
            names = "--if-missing",
            description =
                    "keep a complete data set in paths.data that was made with the same settings, and end with status 0;"
                            + " the log is not looked at")
    private boolean ifMissing;

    PrepareCommand() {
        super("prepare", PrepareJob::new);
    }

    @Override
    public void check() {
        Period.of(since, until);
    }

    @Override
    Job job() {
        return new PrepareJob(Period.of(since, until), appendTo, ifMissing);
    }
}
