package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import io.recthink.spark.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** The command of a {@link Job}: reads the configuration, starts Spark, runs the job, stops Spark. */
class JobCommand implements Callable<Integer> {
    private final String name;
    private final Job job;

    @Option(names = "--config", paramLabel = "FILE", description = "configuration file (YAML)")
    private Optional<Path> config = Optional.empty();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "overrides one key; repeatable")
    private List<String> settings = new ArrayList<>();

    JobCommand(String name, Job job) {
        this.name = name;
        this.job = job;
    }

    @Override
    public Integer call() {
        Configuration configuration = configuration();
        try (SparkSession spark =
                SparkSession.builder().appName("recthink " + name).getOrCreate()) {
            job().run(spark, configuration);
        }
        return 0;
    }

    /** The job as the options ask for it. */
    Job job() {
        return job;
    }

    private Configuration configuration() {
        try {
            String yaml = config.isPresent() ? Files.readString(config.get()) : "";
            return ConfigurationReader.read(config.map(Path::toString).orElse("--set"), yaml, settings);
        } catch (IOException e) {
            throw new InvalidInputException("--config " + config.get() + ": cannot be read: " + e, e);
        }
    }
}
