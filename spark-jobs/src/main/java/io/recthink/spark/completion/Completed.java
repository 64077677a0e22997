package io.recthink.spark.completion;

import io.recthink.generate.Completion;
import java.util.List;

/**
 * A prompt with its completions.
 *
 * @param milliseconds the time of the call that created the completions, divided by its number of prompts
 */
public record Completed<P extends AskedPrompt>(P prompt, List<Completion> completions, double milliseconds) {
    /** The number of tokens of the prompt. */
    int tokensIn() {
        return prompt.tokens().length;
    }

    /** The number of sampled tokens. */
    int tokensOut() {
        return completions.stream()
                .mapToInt(completion -> completion.tokens().length)
                .sum();
    }

    /** The first completion; the only one when the call creates one completion per prompt. */
    public Completion first() {
        return completions.get(0);
    }
}
