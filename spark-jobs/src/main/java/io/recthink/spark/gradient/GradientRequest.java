package io.recthink.spark.gradient;

import io.recthink.learn.Objective;
import io.recthink.learn.Reduction;
import io.recthink.model.ModelSettings;
import io.recthink.spark.policy.PolicyReference;
import java.io.Serializable;
import java.util.Optional;

/**
 * The input of a gradient task, beside its groups.
 *
 * @param policy the weights of the gradient
 * @param model the settings of the computation
 * @param microBatch the number of groups in one forward pass, at least 1
 * @param loss the loss to minimise
 */
public record GradientRequest(PolicyReference policy, ModelSettings model, int microBatch, Loss loss)
        implements Serializable {

    /** A loss for a task. Its denominators are of the whole step, not of the task. */
    public sealed interface Loss extends Serializable {
        Objective objective();

        /** The reference policy of the KL term; empty without a KL term. */
        Optional<PolicyReference> klReference();
    }

    /**
     * The mean negative log-likelihood.
     *
     * @param totalTokens the completion tokens of the step, each counted with the weight of its completion
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
     * @param totalSequences the number of completions of the step, including dead groups
     * @param totalTokens the number of completion tokens of the step, including dead groups
     * @param maxTokens the maximum number of tokens of a completion
     * @param temperature the temperature at which the completions were sampled
     * @param reference the fixed policy of the KL term; used only when the KL coefficient is above 0
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

    /** The settings of the GRPO loss from the section {@code train}. */
    public record ClipAndReduction(
            double clipLow,
            double clipHigh,
            double importanceCap,
            Reduction reduction,
            double klCoefficient,
            double entropyBonus)
            implements Serializable {}
}
