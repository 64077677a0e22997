package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.report.InspectJob;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code recthink inspect [RUN]}: shows a run folder as one HTML page. */
@Command(
        name = "inspect",
        description = "Show a run folder of train or sft as one HTML page: curves, example traces, configuration.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            description = "the run folder, local or any Hadoop path; default: paths.run")
    private Optional<String> run = Optional.empty();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "the page to write; default: paths.report, or RUN-report.html beside RUN; the curves of report.html are in"
                            + " report-curves as SVG")
    private Optional<String> output = Optional.empty();

    @Option(
            names = "--follow",
            description = "write the page again after each new step, until nobody writes the run; waits for a run that"
                    + " does not exist yet")
    private boolean follow;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "with --follow: the time between two looks at the run; default: ${DEFAULT-VALUE}")
    private int every;

    @Option(
            names = "--tensorboard",
            paramLabel = "FOLDER",
            description = "also write the metrics as event files of TensorBoard; a second call adds the new steps")
    private Optional<String> tensorBoard = Optional.empty();

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Spec
    private CommandSpec spec;

    private String said = "";

    @Override
    public Integer call() {
        if (every < 1) {
            throw new InvalidInputException("--every must be at least 1 second (was %d)".formatted(every));
        }
        Configuration configuration = options.read();
        try (SparkSession spark = CommandSession.open("inspect")) {
            new InspectJob(
                            run,
                            output,
                            tensorBoard,
                            follow ? Optional.of(Duration.ofSeconds(every)) : Optional.empty(),
                            this::say)
                    .run(spark, configuration);
        }
        return 0;
    }

    private void say(String page) {
        if (!page.equals(said)) {
            spec.commandLine().getOut().println(page);
            spec.commandLine().getOut().flush();
        }
        said = page;
    }
}
