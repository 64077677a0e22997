package io.recthink.generate;

import java.util.List;

/**
 * The result of one call of {@link Generator#generate(List, SamplingOptions, int)}.
 *
 * @param completions completions of each prompt, in the order of the prompt's seeds
 * @param maxRows the most rows that the batch could have
 * @param decodeSteps steps that computed a token of each row in the batch; reading the prompts gives the first tokens
 * @param decodedTokens tokens that these steps computed
 */
public record Generation(List<List<Completion>> completions, int maxRows, long decodeSteps, long decodedTokens) {
    /** The mean share of the batch's rows that grew in a step; 0 without any step. */
    public double occupancy() {
        return decodeSteps == 0 ? 0 : (double) decodedTokens / decodeSteps / maxRows;
    }
}
