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

    /**
     * The configuration that the options name.
     *
     * @throws InvalidInputException when the file cannot be read or a value cannot be used
     */
    Configuration read() {
        try {
            String yaml = config.isPresent() ? Files.readString(config.get()) : "";
            return ConfigurationReader.read(config.map(Path::toString).orElse("--set"), yaml, settings);
        } catch (IOException e) {
            throw new InvalidInputException("--config " + config.get() + ": cannot be read: " + e, e);
        }
    }
}
