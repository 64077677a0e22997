package io.recthink.spark.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.ConfigurationReader;
import io.recthink.spark.table.TrainingCost;
import java.util.Optional;

/**
 * What the training of a policy took: of its run, of the run whose policy that one started from, and so on, back to a
 * model that comes from elsewhere.
 */
public final class PolicyTraining {
    private long samples;
    private double seconds;
    private int processors;
    private String device = "";

    private PolicyTraining() {}

    /**
     * The cost; nothing when a run that it needs is gone or incomplete.
     *
     * @param path of the policy's folder
     */
    public static Optional<TrainingCost> of(String system, String path, org.apache.hadoop.conf.Configuration hadoop) {
        PolicyTraining training = new PolicyTraining();
        try {
            Optional<PolicyOfRun> policy = PolicyOfRun.at(path);
            while (policy.isPresent()) {
                RunFolder run = RunFolder.at(policy.get().run(), hadoop);
                training.add(run, policy.get().step());
                policy = PolicyOfRun.at(run.description().start());
            }
        } catch (InvalidInputException e) {
            System.out.printf("%s: what its training took is not known: %s%n", system, e.getMessage());
            return Optional.empty();
        }
        boolean trained = training.samples > 0;
        // Traces are written by rules here: no teacher model is called.
        return Optional.of(new TrainingCost(
                system,
                null,
                training.samples,
                0,
                0,
                trained ? 1 : 0,
                1,
                1,
                training.seconds,
                training.processors,
                training.device));
    }

    private void add(RunFolder run, int step) {
        RunDescription description = run.description();
        Configuration settings = ConfigurationReader.readRecord(run.path(), run.configuration());
        long replaced = 0;
        long instructions = -1;
        int before = 0;
        for (int saved = 1; saved <= step; saved++) {
            Optional<ObjectNode> metrics = run.metrics(saved);
            if (metrics.isPresent()) {
                // Of several steps that were saved as one the metrics are means.
                seconds += metrics.get().path("step_time").asDouble() * (saved - before);
                before = saved;
                replaced += metrics.get().path("dynamic_sampling/replaced").asLong();
                instructions = metrics.get().path("num_instructions").asLong(instructions);
            }
        }
        samples += switch (description.job()) {
            // Runs of before it was counted walked through the traces of their configuration.
            case "sft" ->
                instructions >= 0
                        ? instructions
                        : Math.min(
                                settings.coldStart().traces(),
                                (long) step * settings.sft().batchSize());
            default ->
                Math.min(
                        settings.prepare().pools().rl(),
                        (long) step * settings.train().promptsPerStep() + replaced);
        };
        processors = Math.max(processors, description.processors());
        device = description.device();
    }
}
