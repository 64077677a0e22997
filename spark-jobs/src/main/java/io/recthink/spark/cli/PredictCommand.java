package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.spark.Job;
import io.recthink.spark.predict.PairsJob;
import io.recthink.spark.predict.PredictJob;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code recthink predict}: predicts rows of a data set, or with {@code --pairs} ratings that nobody has given yet. */
final class PredictCommand extends JobCommand implements CheckedCommand {
    @Option(
            names = "--pairs",
            paramLabel = "TABLE",
            description =
                    "predict new pairs: a file or folder (*.json, *.csv, *.parquet) with the columns user, item and"
                            + " perhaps time (default: now); a pair sees all earlier reviews of paths.data")
    private Optional<String> pairs = Optional.empty();

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            description = "with --pairs: the folder of the ratings (Parquet)")
    private Optional<String> output = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description =
                    "with --pairs: registry:NAME, registry:NAME@VERSION, a run folder, run folder@step or a model folder;"
                            + " default: the only one of predict.policies")
    private Optional<String> policy = Optional.empty();

    @Option(
            names = "--if-missing",
            description =
                    "with --pairs: keep complete ratings of the same pairs by the same policy, and end with status 0;"
                            + " without --pairs this is always so")
    private boolean ifMissing;

    PredictCommand() {
        super("predict", PredictJob::new);
    }

    @Override
    public void check() {
        if (pairs.isPresent() != output.isPresent()) {
            throw new InvalidInputException(
                    pairs.isPresent()
                            ? "--pairs needs --output, the folder of the ratings"
                            : "--output belongs to --pairs; without --pairs the predictions go to paths.predictions");
        }
        if (policy.isPresent() && pairs.isEmpty()) {
            throw new InvalidInputException(
                    "--policy belongs to --pairs; without --pairs name policies in predict.policies");
        }
    }

    @Override
    Job job() {
        check();
        return pairs.<Job>map(table -> new PairsJob(table, output.orElseThrow(), policy, ifMissing))
                .orElseGet(super::job);
    }
}
