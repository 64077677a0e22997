package io.recthink.learn;

/**
 * The loss that training minimises: a sum over the tokens of the completions. The denominators count the whole
 * optimizer step. So the gradients of the micro-batches add up to the gradient of the step, however the step is split.
 */
public sealed interface Objective {
    /** The divisor of the logits, applied before log-probabilities and entropies are computed. */
    double temperature();

    /**
     * Returns the share of one token in the loss of the step.
     *
     * @param position number of the token in its completion, from 0
     * @param logprob log-probability of the token, in nats
     * @param entropy entropy of the policy at the token, in nats
     */
    TokenLoss token(LearningCompletion row, int position, double logprob, double entropy);

    /** Whether the loss depends on entropies. */
    boolean rewardsEntropy();

    /**
     * The mean negative log-likelihood of the completion tokens. Each token counts with the weight of its completion.
     *
     * @param totalTokens completion tokens of the step, counted with the same weights; above 0
     */
    record Supervised(double totalTokens) implements Objective {
        public Supervised {
            if (!(totalTokens > 0)) {
                throw new IllegalArgumentException("totalTokens must be above 0 (was " + totalTokens + ")");
            }
        }

        @Override
        public double temperature() {
            return 1;
        }

        @Override
        public boolean rewardsEntropy() {
            return false;
        }

        @Override
        public TokenLoss token(LearningCompletion row, int position, double logprob, double entropy) {
            double share = row.weight() / totalTokens;
            return new TokenLoss(-share * logprob, -share, 0, 0, false);
        }
    }

    /**
     * The clipped surrogate of GRPO (Shao et al. 2024, equation 3) with the k3 estimator of the KL divergence to a
     * reference policy: minus the mean of {@code min(r A, clip(r, 1 - low, 1 + high) A) - beta (exp(d) - d - 1)}, where
     * {@code r = exp(logprob - oldLogprob)} and {@code d = refLogprob - logprob}.
     *
     * <p>{@link Reduction#SEQUENCE_MEAN} is the mean over tokens within a completion and then over completions.
     * {@link Reduction#TOKEN_MEAN} is the mean over all tokens. {@link Reduction#MAX_LENGTH} divides the sum over a
     * completion's tokens by {@code maxTokens} and takes the mean over completions (Liu et al. 2025, Dr. GRPO); it
     * favours neither short nor long completions. An entropy bonus adds its coefficient times the entropy at each token
     * to the maximised sum, under the same reduction.
     *
     * <p>With an importance cap, the surrogate takes the learner's own log-probabilities as the old ones, so its value
     * and its slope are A. Each token then counts {@code min(r, cap)} times (truncated importance sampling), which
     * corrects for a sampler that computes in other number formats than the learner. While a step learns from rollouts
     * of the policy that it changes, r differs from 1 for this reason alone.
     *
     * @param clipLow how far the ratio may fall below 1
     * @param clipHigh how far the ratio may rise above 1
     * @param importanceCap largest importance ratio with which a token counts; 0 for the clipped surrogate
     * @param reduction how the tokens' losses become one number
     * @param klCoefficient beta; 0 for none
     * @param entropyBonus coefficient of the entropy in nats; 0 for none
     * @param totalSequences completions of the step, with the completions of dead groups
     * @param totalTokens completion tokens of the step, with the tokens of dead groups
     * @param maxTokens most tokens that a completion can have
     * @param temperature the sampling temperature
     */
    record Grpo(
            double clipLow,
            double clipHigh,
            double importanceCap,
            Reduction reduction,
            double klCoefficient,
            double entropyBonus,
            long totalSequences,
            long totalTokens,
            int maxTokens,
            double temperature)
            implements Objective {
        public Grpo {
            requireAtLeastOne("totalSequences", totalSequences);
            requireAtLeastOne("totalTokens", totalTokens);
            requireAtLeastOne("maxTokens", maxTokens);
            if (!(temperature > 0)) {
                throw new IllegalArgumentException("temperature must be above 0 (was " + temperature + ")");
            }
        }

        @Override
        public boolean rewardsEntropy() {
            return entropyBonus > 0;
        }

        @Override
        public TokenLoss token(LearningCompletion row, int position, double logprob, double entropy) {
            double advantage = row.advantage();
            double ratio = Math.exp(logprob - row.oldLogprobs()[position]);
            boolean weighted = importanceCap > 0;
            double clippedRatio =
                    weighted ? Math.min(importanceCap, ratio) : Math.max(1 - clipLow, Math.min(1 + clipHigh, ratio));
            boolean clipped = weighted ? clippedRatio < ratio : clippedRatio * advantage < ratio * advantage;
            double surrogate = clipped ? clippedRatio * advantage : ratio * advantage;
            double slope = clipped && !weighted ? 0 : surrogate;
            double distance = row.refLogprobs() == null ? 0 : row.refLogprobs()[position] - logprob;
            double kl = Math.expm1(distance) - distance;
            double klSlope = -Math.expm1(distance);
            double share = share(row);
            return new TokenLoss(
                    -share * (surrogate - klCoefficient * kl + entropyBonus * entropy),
                    -share * (slope - klCoefficient * klSlope),
                    -share * entropyBonus,
                    kl,
                    clipped);
        }

        private double share(LearningCompletion row) {
            return switch (reduction) {
                case SEQUENCE_MEAN -> row.weight() / totalSequences / row.tokens().length;
                case TOKEN_MEAN -> row.weight() / totalTokens;
                case MAX_LENGTH -> row.weight() / totalSequences / maxTokens;
            };
        }
    }

    /**
     * The share of one token in the loss.
     *
     * @param loss the value
     * @param derivative derivative of the loss by the token's log-probability
     * @param entropyDerivative derivative of the loss by the entropy of the policy at the token
     * @param kl the k3 estimate in nats; 0 without a reference
     * @param clipped whether the clip or the cap limits the token
     */
    record TokenLoss(double loss, double derivative, double entropyDerivative, double kl, boolean clipped) {}

    private static void requireAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 (was " + value + ")");
        }
    }
}
