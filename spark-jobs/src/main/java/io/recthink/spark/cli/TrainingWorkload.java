package io.recthink.spark.cli;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraSettings;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelSettings;
import io.recthink.plan.Workload;
import io.recthink.spark.train.TrainSettings;

/** Makes the {@link Workload} of {@code plan} from the configuration of {@code train}. */
final class TrainingWorkload {
    private TrainingWorkload() {}

    /**
     * Returns the workload of a configuration.
     *
     * @param promptTokens tokens of a prompt
     * @throws InvalidInputException when {@code train.promptsPerStep * train.groupSize * rollout.microBatch} exceeds
     *     2^31 - 1
     */
    static Workload of(ModelConfig model, Configuration configuration, int promptTokens) {
        TrainSettings train = configuration.get(TrainSettings.class);
        RolloutSettings rollout = configuration.get(RolloutSettings.class);
        ModelSettings numerics = configuration.get(ModelSettings.class);
        if ((double) train.promptsPerStep() * train.groupSize() * rollout.microBatch() > Integer.MAX_VALUE) {
            throw new InvalidInputException(
                    "train.promptsPerStep %d, train.groupSize %d and rollout.microBatch %d make more completions than one step can have; lower them."
                            .formatted(train.promptsPerStep(), train.groupSize(), rollout.microBatch()));
        }
        return new Workload(
                model,
                numerics.dtype(),
                LoraConfig.of(configuration.get(LoraSettings.class)),
                numerics.recompute(),
                promptTokens,
                rollout.maxTokens(),
                train.groupSize(),
                train.promptsPerStep(),
                rollout.partitions(),
                Math.multiplyExact(rollout.microBatch(), train.groupSize()),
                train.partitions(),
                train.microBatch(),
                train.klCoefficient() > 0);
    }
}
