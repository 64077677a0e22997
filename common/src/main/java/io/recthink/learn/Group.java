package io.recthink.learn;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A prompt with completions that share it: the prompt is computed once for all of them.
 *
 * @param prompt tokens of the prompt, at least one
 * @param completions completions of the prompt, at least one
 */
@SuppressWarnings("ArrayRecordComponent") // a prompt has thousands of tokens and lives for one step
public record Group(int[] prompt, List<LearningCompletion> completions) implements Serializable {
    public Group {
        Objects.requireNonNull(prompt, "prompt");
        completions = List.copyOf(completions);
        if (prompt.length == 0) {
            throw new IllegalArgumentException("prompt must have at least 1 token");
        }
        if (completions.isEmpty()) {
            throw new IllegalArgumentException("a group must have at least 1 completion");
        }
    }
}
