package io.recthink.spark.cli;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options {@code --config} and {@code --set} of every job: a configuration file and single settings. */
final class ConfigurationOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "configuration file (YAML): a path, a URI of any Hadoop file system, or the name of a file that"
                            + " you pass with --files")
    private Optional<String> config = Optional.empty();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "overrides one key; repeatable")
    private List<String> settings = new ArrayList<>();

    /** The configuration file, if there is one. */
    Optional<String> file() {
        return config;
    }

    /** Whether the configuration can be read without Spark: it is a file on this machine, or there is none. */
    boolean here() {
        return config.map(name -> Files.isRegularFile(Path.of(name))).orElse(true);
    }

    /**
     * Checks the configuration if the check needs no Spark.
     *
     * @throws io.recthink.InvalidInputException when a value cannot be used
     */
    void check() {
        if (here()) {
            read();
        }
    }

    /**
     * Reads the configuration of the options.
     *
     * @throws io.recthink.InvalidInputException when the file cannot be read or a value cannot be used
     */
    Configuration read() {
        return read(List.of());
    }

    /** Returns the configuration as commented text, see {@link io.recthink.config.Sections#commented}. */
    String commented() {
        return JobSettings.SECTIONS.commented(
                config.orElse("--set"), config.map(ConfigurationFile::read).orElse(""), settings);
    }

    /**
     * Reads the configuration with preset values, which override the file. The options override preset values.
     *
     * @param preset settings as {@code key=value}
     */
    Configuration read(List<String> preset) {
        List<String> all = new ArrayList<>(preset);
        all.addAll(settings);
        String yaml = config.map(ConfigurationFile::read).orElse("");
        return JobSettings.SECTIONS.read(config.orElse("--set"), yaml, all);
    }
}
