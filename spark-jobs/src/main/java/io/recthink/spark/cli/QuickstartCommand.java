package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.Job;
import io.recthink.spark.coldstart.ColdStartJob;
import io.recthink.spark.coldstart.InitModelJob;
import io.recthink.spark.compare.CompareJob;
import io.recthink.spark.files.OutputFolders;
import io.recthink.spark.predict.PredictJob;
import io.recthink.spark.prepare.PrepareJob;
import io.recthink.spark.report.InspectJob;
import io.recthink.spark.sft.SftJob;
import io.recthink.spark.simulate.OracleJob;
import io.recthink.spark.simulate.SimulateJob;
import io.recthink.spark.train.TrainJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code recthink quickstart}: runs all jobs in order, in one application, on a simulated log. The training starts from
 * the warm-started policy in the folder {@value #POLICY} beside the configuration file. With {@code --from-scratch} the
 * command makes a warm-started policy first.
 */
@Command(
        name = "quickstart",
        description = "Run all jobs on a simulated log; bin/quickstart calls this command with its configuration.",
        mixinStandardHelpOptions = true)
final class QuickstartCommand implements Callable<Integer> {
    private static final String POLICY = "quickstart-policy";

    @Mixin
    private ConfigurationOptions options = new ConfigurationOptions();

    @Option(
            names = "--from-scratch",
            description =
                    "make the warm-started policy too: a random model and its tokenizer, traces, supervised steps")
    private boolean fromScratch;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Configuration configuration = options.read(fromScratch ? List.of() : startFromPolicy());
        Map<String, Job> jobs = jobs(fromScratch);
        try (SparkSession spark = CommandSession.open("quickstart")) {
            OutputFolders.requireNew(
                    spark.sparkContext().hadoopConfiguration(),
                    "paths.root",
                    configuration.paths().root());
            int number = 0;
            for (Map.Entry<String, Job> job : jobs.entrySet()) {
                number++;
                spec.commandLine().getErr().printf("%n[%d/%d] %s%n", number, jobs.size(), job.getKey());
                job.getValue().run(spark, configuration);
            }
        }
        return 0;
    }

    /** Returns the settings that replace the policy of {@code sft} by the policy of the project. */
    private List<String> startFromPolicy() {
        Path policy = Path.of(options.file().orElse("quickstart.yaml"))
                .toAbsolutePath()
                .resolveSibling(POLICY)
                .normalize();
        if (!Files.isDirectory(policy)) {
            throw new InvalidInputException(
                    policy + " is missing: restore the folder, or make the policy with --from-scratch");
        }
        return List.of("train.start=" + policy, "predict.policies.warm-start=" + policy);
    }

    /** Returns all jobs by heading, in the order in which they run. */
    Map<String, Job> jobs(boolean fromScratch) {
        Map<String, Job> jobs = new LinkedHashMap<>();
        jobs.put("simulate: a review log of users whose tastes are known", new SimulateJob());
        jobs.put("prepare: histories, a split by time, tests for leaks", new PrepareJob());
        jobs.put("oracle: the best possible prediction from the same histories", new OracleJob());
        if (fromScratch) {
            jobs.put("cold-start: reasoning traces written by rule", new ColdStartJob());
            jobs.put("init-model: a small random model with a tokenizer of its own", new InitModelJob());
            jobs.put("sft: the model learns the form of the answers", new SftJob(false));
        }
        jobs.put("train: GRPO, the model learns from rewards", new TrainJob(false));
        jobs.put("predict: the policy before and after GRPO on the test rows", new PredictJob());
        jobs.put("compare: all systems on the same rows", new CompareJob());
        jobs.put("inspect: curves and traces", InspectJob.once(page -> System.out.println("Report: " + page)));
        return jobs;
    }
}
