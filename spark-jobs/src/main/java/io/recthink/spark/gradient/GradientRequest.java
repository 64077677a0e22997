package io.recthink.spark.gradient;

import io.recthink.learn.Objective;
import io.recthink.learn.Reduction;
import io.recthink.model.ModelSettings;
import io.recthink.spark.policy.PolicyReference;
import java.io.Serializable;
import java.util.Optional;

/**
 * What a gradient task needs to know.
 *
 * @param policy the weights to differentiate by
 * @param model how to compute
 * @param microBatch groups in one forward pass, at least 1
 * @param loss what to minimise
 */
public record GradientRequest(PolicyReference policy, ModelSettings model, int microBatch, Loss loss)
        implements Serializable {

    /** A loss on its way to a task; its denominators are those of the whole step. */
    public sealed interface Loss extends Serializable {
        Objective objective();

        /** The policy that the KL term refers to, when there is such a term. */
        Optional<PolicyReference> klReference();
    }

    /**
     * The mean negative log-likelihood.
     *
     * @param totalTokens completion tokens of the step, each counted by the weight of its completion
     */
    public record SupervisedLoss(double totalTokens) implements Loss {
        @Override
        public Objective objective() {
            return new Objective.Supervised(totalTokens);
        }

        @Override
        public Optional<PolicyReference> klReference() {
            return Optional.empty();
        }
    }

    /**
     * The loss of GRPO.
     *
     * @param train clip, reduction, KL coefficient and entropy bonus
     * @param totalSequences completions of the step, those of dead groups included
     * @param totalTokens completion tokens of the step, those of dead groups included
     * @param maxTokens the most that a completion could have
     * @param temperature the completions were sampled at
     * @param reference the fixed policy of the KL term; used only when its coefficient is above 0
     */
    public record GrpoLoss(
            ClipAndReduction train,
            long totalSequences,
            long totalTokens,
            int maxTokens,
            double temperature,
            PolicyReference reference)
            implements Loss {
        @Override
        public Objective objective() {
            return new Objective.Grpo(
                    train.clipLow,
                    train.clipHigh,
                    train.importanceCap,
                    train.reduction,
                    train.klCoefficient,
                    train.entropyBonus,
                    totalSequences,
                    totalTokens,
                    maxTokens,
                    temperature);
        }

        @Override
        public Optional<PolicyReference> klReference() {
            return train.klCoefficient > 0 ? Optional.of(reference) : Optional.empty();
        }
    }

    /** The settings of the loss of GRPO, see {@code train} in the configuration. */
    public record ClipAndReduction(
            double clipLow,
            double clipHigh,
            double importanceCap,
            Reduction reduction,
            double klCoefficient,
            double entropyBonus)
            implements Serializable {}
}
