package io.recthink.spark.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.RecordedConfiguration;
import io.recthink.spark.table.TrainingCost;
import java.util.Optional;

/**
 * The training cost of a policy: the sum over its run and all earlier runs. Each run started from a policy of the run
 * before it; the first run started from a model that no run published.
 */
public final class PolicyTraining {
    /** The metric of a step: number of different rows that the run has learnt from, up to this step. */
    public static final String SAMPLES = "num_samples";

    /** The metric of a step: number of calls to teacher models for the training data. */
    public static final String TEACHER_CALLS = "teacher_calls";

    /** The metric of a step: number of tokens of these calls, input and output. */
    public static final String TEACHER_TOKENS = "teacher_tokens";

    private long samples;
    private long teacherCalls;
    private long teacherTokens;
    private double seconds;
    private int processors;
    private String device = "";

    private PolicyTraining() {}

    /**
     * The cost; empty when a run that contributes to it is missing or incomplete.
     *
     * @param path path of the policy's folder
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
            System.out.printf("%s: the cost of its training is not known: %s%n", system, e.getMessage());
            return Optional.empty();
        }
        boolean trained = training.samples > 0;
        return Optional.of(new TrainingCost(
                system,
                null,
                training.samples,
                training.teacherCalls,
                training.teacherTokens,
                trained ? 1 : 0,
                1,
                1,
                training.seconds,
                training.processors,
                training.device));
    }

    private void add(RunFolder run, int step) {
        RunDescription description = run.description();
        ObjectNode last = null;
        long replaced = 0;
        int before = 0;
        for (int saved = 1; saved <= step; saved++) {
            Optional<ObjectNode> metrics = run.metrics(saved);
            if (metrics.isPresent()) {
                last = metrics.get();
                // If not every step is saved, the metrics are means over the steps since the previous saved step.
                seconds += last.path("step_time").asDouble() * (saved - before);
                before = saved;
                replaced += last.path("dynamic_sampling/replaced").asLong();
            }
        }
        if (last != null) {
            samples += last.has(SAMPLES) ? last.get(SAMPLES).asLong() : configured(run, step, replaced);
            teacherCalls += last.path(TEACHER_CALLS).asLong();
            teacherTokens += last.path(TEACHER_TOKENS).asLong();
        }
        processors = Math.max(processors, description.processors());
        device = description.device();
    }

    /** The rows of a run whose version did not record them: the number that its configuration allows. */
    private static long configured(RunFolder run, int step, long replaced) {
        RecordedConfiguration settings = RecordedConfiguration.read(run.path(), run.configuration());
        return switch (run.description().job()) {
            case "sft" -> Math.min(number(settings, "coldStart.traces"), step * number(settings, "sft.batchSize"));
            default ->
                Math.min(
                        number(settings, "prepare.pools.rl"),
                        step * number(settings, "train.promptsPerStep") + replaced);
        };
    }

    private static long number(RecordedConfiguration settings, String key) {
        return settings.number(key).map(Number::longValue).orElse(0L);
    }
}
