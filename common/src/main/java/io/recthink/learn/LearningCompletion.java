package io.recthink.learn;

import java.io.Serializable;
import java.util.Objects;

/**
 * One completion of a prompt with the data that training needs. Arrays are not copied; do not change them.
 *
 * @param tokens tokens of the completion, at least one; only these tokens carry loss
 * @param oldLogprobs log-probability of each token under the policy that sampled it, at the sampling temperature; null
 *     for supervised training
 * @param refLogprobs log-probability of each token under the reference policy; null unless the objective has a KL term
 * @param advantage the group advantage; unused in supervised training
 * @param weight factor on the loss of every token, usually 1
 */
@SuppressWarnings("ArrayRecordComponent") // a row has thousands of tokens and lives for one step
public record LearningCompletion(
        int[] tokens, float[] oldLogprobs, float[] refLogprobs, double advantage, double weight)
        implements Serializable {
    public LearningCompletion {
        Objects.requireNonNull(tokens, "tokens");
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a completion must have at least 1 token");
        }
        requireSameLength("oldLogprobs", oldLogprobs, tokens.length);
        requireSameLength("refLogprobs", refLogprobs, tokens.length);
    }

    /** A completion for supervised training. */
    public static LearningCompletion supervised(int[] tokens) {
        return new LearningCompletion(tokens, null, null, 0, 1);
    }

    /** A completion that a policy has sampled, with weight 1. */
    public static LearningCompletion sampled(int[] tokens, float[] logprobs, double advantage) {
        return new LearningCompletion(tokens, logprobs, null, advantage, 1);
    }

    /** Returns this completion with log-probabilities under the reference policy. */
    public LearningCompletion withReference(float[] logprobs) {
        return new LearningCompletion(tokens, oldLogprobs, logprobs, advantage, weight);
    }

    private static void requireSameLength(String name, float[] logprobs, int length) {
        if (logprobs != null && logprobs.length != length) {
            throw new IllegalArgumentException(
                    name + " must have one entry a token: " + length + " (was " + logprobs.length + ")");
        }
    }
}
