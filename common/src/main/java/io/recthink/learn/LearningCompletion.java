package io.recthink.learn;

import java.util.Objects;

/**
 * One completion of a prompt and what training needs to know about it.
 *
 * @param completion its tokens, at least one; only they carry loss
 * @param oldLogprobs log-probability of each token under the policy that sampled it, at the sampling temperature; null
 *     for supervised training
 * @param refLogprobs the same under the reference policy; null unless the objective has a KL term
 * @param advantage the group advantage; unused in supervised training
 * @param weight factor on the loss of every token, usually 1
 */
@SuppressWarnings("ArrayRecordComponent") // a row has thousands of tokens and lives for one step
public record Row(int[] completion, float[] oldLogprobs, float[] refLogprobs, double advantage, double weight) {
    public Row {
        Objects.requireNonNull(completion, "completion");
        if (completion.length == 0) {
            throw new IllegalArgumentException("completion must have at least 1 token");
        }
        requireSameLength("oldLogprobs", oldLogprobs, completion.length);
        requireSameLength("refLogprobs", refLogprobs, completion.length);
    }

    /** A completion to imitate. */
    public static Row supervised(int[] completion) {
        return new Row(completion, null, null, 0, 1);
    }

    private static void requireSameLength(String name, float[] logprobs, int length) {
        if (logprobs != null && logprobs.length != length) {
            throw new IllegalArgumentException(
                    name + " must have one entry a token: " + length + " (was " + logprobs.length + ")");
        }
    }
}
