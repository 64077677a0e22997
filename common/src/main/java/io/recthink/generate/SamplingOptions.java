package io.recthink.generate;

import io.recthink.InvalidInputException;
import java.util.List;

/**
 * How completions are sampled.
 *
 * @param maxTokens most tokens of a completion, at least 1
 * @param temperature divisor of the logits; 0 takes the likeliest token each time
 * @param topP only the likeliest tokens that together have this probability are sampled (Holtzman et al. 2020, nucleus
 *     sampling); above 0, 1 for all tokens
 * @param stopStrings a completion ends after the token that completes one of these strings in its text (without special
 *     tokens)
 * @param ignoreEnd whether neither end tokens nor stop strings end a completion: every completion has {@code maxTokens}
 *     tokens
 */
public record SamplingOptions(
        int maxTokens, double temperature, double topP, List<String> stopStrings, boolean ignoreEnd) {

    /** @throws InvalidInputException if a value is out of its range */
    public SamplingOptions {
        stopStrings = List.copyOf(stopStrings);
        require(maxTokens >= 1, "maxTokens must be at least 1", maxTokens);
        require(temperature >= 0 && Double.isFinite(temperature), "temperature must be 0 or more", temperature);
        require(topP > 0 && topP <= 1, "topP must be above 0 and at most 1", topP);
        require(stopStrings.stream().noneMatch(String::isEmpty), "no stop string may be empty", stopStrings);
    }

    /** Returns options that take the likeliest token each time, until the model ends. */
    public static SamplingOptions greedy(int maxTokens) {
        return new SamplingOptions(maxTokens, 0, 1, List.of(), false);
    }

    /** Returns options that sample from all tokens at a temperature, until the model ends. */
    public static SamplingOptions sampling(int maxTokens, double temperature) {
        return new SamplingOptions(maxTokens, temperature, 1, List.of(), false);
    }

    private static void require(boolean valid, String rule, Object value) {
        if (!valid) {
            throw new InvalidInputException(rule + " (was " + value + ")");
        }
    }
}
