package io.recthink.generate;

import io.recthink.InvalidInputException;

/**
 * A prompt and the seeds of its completions. The arrays are not copied; do not change them.
 *
 * @param tokens the prompt, at least one token
 * @param seeds a seed for each completion, see {@link Seeds}; not used where the temperature is 0
 */
@SuppressWarnings("ArrayRecordComponent") // read by tensor code; never compared
public record PromptTokens(int[] tokens, long[] seeds) {
    public PromptTokens {
        if (tokens.length == 0) {
            throw new InvalidInputException("A prompt must have at least one token (was empty)");
        }
    }
}
