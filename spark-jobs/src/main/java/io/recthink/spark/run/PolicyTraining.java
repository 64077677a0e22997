package io.recthink.spark.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.config.RecordedConfiguration;
import io.recthink.spark.table.TrainingCost;
import java.util.Optional;

/**
 * What the training of a policy took: of its run, of the run whose policy that one started from, and so on, back to a
 * model that comes from elsewhere.
 */
public final class PolicyTraining {
    /** The metric of a step: different rows that the run has learnt from, up to it. */
    public static final String SAMPLES = "num_samples";

    /** The metric of a step: calls of teacher models that wrote what the run learns from. */
    public static final String TEACHER_CALLS = "teacher_calls";

    /** The metric of a step: tokens of these calls, read and written. */
    public static final String TEACHER_TOKENS = "teacher_tokens";

    private long samples;
    private long teacherCalls;
    private long teacherTokens;
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
                // Of several steps that were saved as one the metrics are means.
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

    /** The rows of a run from before its metrics counted them: as many as its configuration lets it use. */
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
