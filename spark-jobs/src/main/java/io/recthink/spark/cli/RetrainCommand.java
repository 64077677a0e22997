package io.recthink.spark.cli;

import io.recthink.spark.Job;
import io.recthink.spark.NothingToDoException;
import io.recthink.spark.RefusedException;
import io.recthink.spark.retrain.RetrainJob;
import io.recthink.spark.source.Period;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code recthink retrain}: one cycle of a policy that serves. */
final class RetrainCommand extends JobCommand implements CheckedCommand {
    @Option(
            names = "--until",
            paramLabel = "TIME",
            description =
                    "the end of the cycle: rows before this date or time are read (2024-06-01, 2024-06-01T12:00:00Z);"
                            + " default: the newest multiple of retrain.hours")
    private Optional<String> until = Optional.empty();

    @Option(
            names = "--exit-zero",
            description = "exit with 0 also when the gate refuses (4) or nothing is to be done (5): for schedulers that"
                    + " take any other status for an error")
    private boolean exitZero;

    RetrainCommand() {
        super("retrain", () -> new RetrainJob(Optional.empty()));
    }

    @Override
    public void check() {
        Period.of(Optional.empty(), until);
    }

    @Override
    String remedy() {
        return "Start the same command again: it continues where it was.";
    }

    @Override
    Job job() {
        return new RetrainJob(Period.of(Optional.empty(), until).until());
    }

    @Override
    public Integer call() {
        try {
            return super.call();
        } catch (RefusedException | NothingToDoException e) {
            if (!exitZero) {
                throw e;
            }
            System.err.println(e.getMessage());
            return 0;
        }
    }
}
