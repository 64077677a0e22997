package io.recthink.generate;

import java.util.List;

/**
 * What one call of the generator made.
 *
 * @param completions of each prompt, in the order of its seeds
 * @param maxRows the most rows that the batch could have
 * @param decodeSteps steps that computed a token of each row in the batch; the first tokens come from reading the prompts
 * @param decodedTokens tokens computed in these steps
 */
public record Generation(List<List<Completion>> completions, int maxRows, long decodeSteps, long decodedTokens) {
    /** How full the batch was: the mean share of its rows that grew; 0 without any step. */
    public double occupancy() {
        return decodeSteps == 0 ? 0 : (double) decodedTokens / decodeSteps / maxRows;
    }
}
