package io.recthink.spark.cli;

import io.recthink.config.Configuration;
import io.recthink.spark.predict.PromptJob;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code recthink prompt}: prints the prompt of one example to standard output and its counts to standard error. */
@Command(
        name = "prompt",
        description =
                "Show what a policy sees of one example: the prompt on standard output; the counts of tokens and of"
                        + " left-out past purchases on standard error.",
        mixinStandardHelpOptions = true)
final class PromptCommand implements Callable<Integer> {
    @Option(
            names = "--row",
            paramLabel = "ID",
            description = "row id of the example; default: the first train row of the pool rl, else the first row")
    private Optional<String> row = Optional.empty();

    @Option(
            names = "--policy",
            paramLabel = "DIR",
            description = "folder of a model or an adapter, run folder (its best policy) or run folder@step; default:"
                    + " paths.model, or the plain messages if paths.model contains no model")
    private Optional<String> policy = Optional.empty();

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Configuration configuration = options.read();
        PrintWriter output = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        try (SparkSession spark = CommandSession.open("prompt")) {
            new PromptJob(policy, row, output::println, errors::println).run(spark, configuration);
        }
        return 0;
    }
}
