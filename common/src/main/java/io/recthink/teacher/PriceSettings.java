package io.recthink.teacher;

import io.recthink.config.Problems;
import java.io.Serializable;

/**
 * The settings {@code teacher.price}, in any currency.
 *
 * @param input price of a million prompt tokens
 * @param output price of a million tokens of answers
 */
public record PriceSettings(double input, double output) implements Serializable {
    /** The tokens that a price is for. */
    public static final double TOKENS = 1e6;

    void check(Problems problems) {
        problems.require(input >= 0 && Double.isFinite(input), "input", "at least 0 and finite", input);
        problems.require(output >= 0 && Double.isFinite(output), "output", "at least 0 and finite", output);
    }

    /** Whether answers have a price. */
    public boolean hasPrice() {
        return input > 0 || output > 0;
    }

    /** The cost of numbers of tokens. */
    public double of(long inputTokens, long outputTokens) {
        return (inputTokens * input + outputTokens * output) / TOKENS;
    }
}
