package io.recthink.spark.completion;

import io.recthink.InvalidInputException;

/**
 * What a model's context has room for: a prompt with its completion.
 *
 * @param positions tokens of both together, at most
 */
public record ContextRoom(int positions) {
    private static final int SHARE_OF_PROMPT = 3; // of four parts, where both are too long

    /** Whether a prompt and a completion of so many tokens have room. */
    public boolean holds(int prompt, int completion) {
        return (long) prompt + completion <= positions;
    }

    /**
     * Refuses prompts and completions that may get too long together.
     *
     * @param prompt {@code prompt.maxTokens}
     * @param completion {@code rollout.maxTokens}
     * @throws InvalidInputException with the settings with which all has room
     */
    public void require(int prompt, int completion) {
        if (!holds(prompt, completion)) {
            throw new InvalidInputException(
                    "prompt.maxTokens %d + rollout.maxTokens %d do not fit the model's context of %d tokens. %s"
                            .formatted(prompt, completion, positions, remedy(completion, "lower rollout.maxTokens")));
        }
    }

    /**
     * The settings with which all has room, for messages. A smaller prompt.maxTokens changes no prompt that had room.
     *
     * @param completion tokens of the longest completion
     * @param shorter what makes completions shorter, for example {@code lower rollout.maxTokens}
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
