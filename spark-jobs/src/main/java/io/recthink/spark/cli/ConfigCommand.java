package io.recthink.spark.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code recthink config}: prints the whole configuration with comments. */
@Command(
        name = "config",
        description = "Print every setting with its comment. A value that is not the default names its source. The"
                + " output is a configuration file.",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Spec
    private CommandSpec spec;

    /** Whether the command can read the configuration without Spark. */
    boolean needsNoSpark() {
        return options.here();
    }

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(options.commented());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
