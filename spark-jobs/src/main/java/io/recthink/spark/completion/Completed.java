package io.recthink.spark.completion;

import io.recthink.generate.Completion;
import java.util.List;

/**
 * A prompt with its completions.
 *
 * @param milliseconds the time of the call that made them, divided by its prompts
 */
public record Completed<P extends AskedPrompt>(P prompt, List<Completion> completions, double milliseconds) {
    /** The tokens that were read. */
    int tokensIn() {
        return prompt.tokens().length;
    }

    /** The tokens that were sampled. */
    int tokensOut() {
        return completions.stream()
                .mapToInt(completion -> completion.tokens().length)
                .sum();
    }

    /** The first completion, where there is one a prompt. */
    public Completion first() {
        return completions.get(0);
    }
}
