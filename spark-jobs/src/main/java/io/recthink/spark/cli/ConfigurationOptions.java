package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that every job takes. */
final class ConfigurationOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "configuration file (YAML)")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "overrides one key; repeatable")
    private List<String> settings = new ArrayList<>();

    /** The configuration file, if there is one. */
    Optional<Path> file() {
        return config;
    }

    /**
     * The configuration that the options name.
     *
     * @throws InvalidInputException when the file cannot be read or a value cannot be used
     */
    Configuration read() {
        return read(List.of());
    }

    /**
     * The same, with settings that the options override but the file does not.
     *
     * @param preset {@code key=value} pairs
     */
    Configuration read(List<String> preset) {
        List<String> all = new ArrayList<>(preset);
        all.addAll(settings);
        try {
            String yaml = config.isPresent() ? Files.readString(config.get()) : "";
            return ConfigurationReader.read(config.map(Path::toString).orElse("--set"), yaml, all);
        } catch (IOException e) {
            throw new InvalidInputException("--config " + config.get() + ": cannot be read: " + e, e);
        }
    }
}
