package io.recthink.spark.completion;

import io.recthink.InvalidInputException;

/**
 * The room for a prompt and its completion in a model's context.
 *
 * @param positions the maximum number of tokens of both together
 */
public record ContextRoom(int positions) {
    private static final int SHARE_OF_PROMPT = 3; // of four parts, when both are too long

    /** Whether a prompt and a completion with these numbers of tokens fit. */
    public boolean holds(int prompt, int completion) {
        return (long) prompt + completion <= positions;
    }

    /**
     * Refuses settings that allow a prompt and a completion that do not fit together.
     *
     * @param prompt {@code prompt.maxTokens}
     * @param completion {@code rollout.maxTokens}
     * @throws InvalidInputException with settings that fit
     */
    public void require(int prompt, int completion) {
        if (!holds(prompt, completion)) {
            throw new InvalidInputException(
                    "prompt.maxTokens %d + rollout.maxTokens %d do not fit the model's context of %d tokens. %s"
                            .formatted(prompt, completion, positions, remedy(completion, "lower rollout.maxTokens")));
        }
    }

    /**
     * Settings that fit, for messages. A smaller prompt.maxTokens does not change a prompt that already fits.
     *
     * @param completion the number of tokens of the longest completion
     * @param shorter the way to make completions shorter, for example {@code lower rollout.maxTokens}
     */
    public String remedy(int completion, String shorter) {
        if (completion < positions) {
            return "Set prompt.maxTokens=%d or less, or %s, or take a model with a longer context (initModel.maxPositions, where init-model makes it)."
                    .formatted(positions - completion, shorter);
        }
        int prompt = positions * SHARE_OF_PROMPT / (SHARE_OF_PROMPT + 1);
        return "Set prompt.maxTokens=%d or less and %s to %d tokens or less, or take a model with a longer context (initModel.maxPositions, where init-model makes it)."
                .formatted(prompt, shorter, positions - prompt);
    }
}
