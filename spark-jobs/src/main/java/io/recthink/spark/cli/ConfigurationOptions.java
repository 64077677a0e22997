package io.recthink.spark.cli;

import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that every job takes. */
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
     * Reads the configuration if that needs no Spark.
     *
     * @throws io.recthink.InvalidInputException when a value cannot be used
     */
    void check() {
        if (here()) {
            read();
        }
    }

    /**
     * The configuration that the options name.
     *
     * @throws io.recthink.InvalidInputException when the file cannot be read or a value cannot be used
     */
    Configuration read() {
        return read(List.of());
    }

    /** The same as a text for people, see {@link io.recthink.config.Sections#commented}. */
    String commented() {
        return JobSettings.SECTIONS.commented(
                config.orElse("--set"), config.map(ConfigurationFile::read).orElse(""), settings);
    }

    /**
     * The same, with settings that the options override but the file does not.
     *
     * @param preset {@code key=value} pairs
     */
    Configuration read(List<String> preset) {
        List<String> all = new ArrayList<>(preset);
        all.addAll(settings);
        String yaml = config.map(ConfigurationFile::read).orElse("");
        return JobSettings.SECTIONS.read(config.orElse("--set"), yaml, all);
    }
}
