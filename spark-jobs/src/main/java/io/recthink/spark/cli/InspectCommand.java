package io.recthink.spark.cli;

import io.recthink.config.Configuration;
import io.recthink.spark.report.InspectJob;
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
                    "the page to write; default: paths.report; the curves of report.html are in report-curves as SVG")
    private Optional<String> output = Optional.empty();

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Configuration configuration = options.read();
        try (SparkSession spark = CommandSession.open("inspect")) {
            new InspectJob(run, output, spec.commandLine().getOut()::println).run(spark, configuration);
        }
        return 0;
    }
}
