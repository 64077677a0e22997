package io.recthink.spark.cli;

import io.recthink.config.Configuration;
import io.recthink.spark.Job;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;

/** The command of a {@link Job}: reads the configuration, starts Spark, runs the job, stops Spark. */
class JobCommand implements Callable<Integer>, CheckedCommand {
    private final String name;
    private final Supplier<Job> job;

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    JobCommand(String name, Supplier<Job> job) {
        this.name = name;
        this.job = job;
    }

    @Override
    public void check() {
        options.check();
    }

    @Override
    public Integer call() {
        Configuration configuration = options.read();
        Interruption.goOnBy(remedy());
        Job job = job();
        try (SparkSession spark = CommandSession.open(name, job.sparkDefaults())) {
            job.run(spark, configuration);
        }
        return 0;
    }

    /** What a person does when a signal has stopped the command. */
    String remedy() {
        return "The output of %s is incomplete: start the command again.".formatted(name);
    }

    /** The job as the options ask for it. */
    Job job() {
        return job.get();
    }
}
