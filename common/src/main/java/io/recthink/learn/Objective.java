package io.recthink.learn;

/**
 * What training minimises: a sum over the tokens of the completions. The denominators are those of the whole optimiser
 * step, so that the gradients of its micro-batches add up to the gradient of the step however it is split.
 */
public sealed interface Objective {
    /** The logits are divided by this before log-probabilities and entropies are taken. */
    double temperature();

    /**
     * The share of one token in the loss of the step.
     *
     * @param logprob of the token, in nats
     * @param entropy of the policy where it stands, in nats
     */
    TokenLoss token(LearningCompletion row, int position, double logprob, double entropy);

    /** Whether the loss depends on entropies. */
    boolean rewardsEntropy();

    /**
     * The mean negative log-likelihood of the completion tokens, each counted by the weight of its row.
     *
     * @param totalTokens completion tokens of the step, counted in the same way; above 0
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
     * <p>The reduction is the mean over tokens within a completion and then over completions, the mean over all tokens, or
     * the sum over the tokens of a completion divided by the longest that one could be and then the mean over completions
     * (Liu et al. 2025, Dr. GRPO), which favours neither short nor long ones. An entropy bonus adds its coefficient times
     * the entropy at each token to what is maximised, under the same reduction.
     *
     * <p>With an importance cap the old log-probabilities are the learner's own, so that the surrogate is A times 1 and its
     * slope A, and each token counts {@code min(r, cap)} times: truncated importance sampling, which makes up for a sampler
     * that computes in other numbers than the learner. This is the whole of the difference while a step learns from
     * rollouts of the policy that it changes.
     *
     * @param clipLow how far the ratio may fall below 1
     * @param clipHigh how far the ratio may rise above 1
     * @param importanceCap the most that a token counts by its importance ratio; 0 for the clipped surrogate
     * @param reduction of the tokens' shares
     * @param klCoefficient beta; 0 for none
     * @param entropyBonus what a nat of entropy is worth; 0 for none
     * @param totalSequences completions of the step, those of dead groups included
     * @param totalTokens completion tokens of the step, those of dead groups included
     * @param maxTokens the most tokens that a completion could have
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
     * @param derivative by the token's log-probability
     * @param entropyDerivative by the entropy of the policy where the token stands
     * @param kl the k3 estimate in nats; 0 without a reference
     * @param clipped whether the clip or the cap holds the token back
     */
    record TokenLoss(double loss, double derivative, double entropyDerivative, double kl, boolean clipped) {}

    private static void requireAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 (was " + value + ")");
        }
    }
}
