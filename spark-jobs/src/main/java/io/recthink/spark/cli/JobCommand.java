package io.recthink.spark.cli;

import io.recthink.config.Configuration;
import io.recthink.spark.Job;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;

/** The command of a {@link Job}: reads the configuration, starts Spark, runs the job, stops Spark. */
class JobCommand implements Callable<Integer> {
    private final String name;
    private final Supplier<Job> job;

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    JobCommand(String name, Supplier<Job> job) {
        this.name = name;
        this.job = job;
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

    /** Returns the text that says what to do after a signal has stopped the command. */
    String remedy() {
        return "The output of %s is incomplete: start the command again.".formatted(name);
    }

    /** Creates the job with the options of the command line. */
    Job job() {
        return job.get();
    }
}
