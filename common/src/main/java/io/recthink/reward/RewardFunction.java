package io.recthink.reward;

import io.recthink.prompt.OutputGrammar;
import io.recthink.prompt.ParsedOutput;

/**
 * The rule-based reward of RecZero, R = R_format + R_answer. The settings are the section {@code reward}.
 *
 * <pre>
 * R_format   strict:  +f when well formed, -f otherwise
 *            tags:    f (2 s - 1), where s is the share of the format tests that the completion passes
 *            (minWords adds a test to the grammar, and one part of s for each think block, see ContentRule;
 *            marks adds one test)
 * R_answer   l1:      match - |y - rating| / maxError
 *            l2:      match - ((y - rating) / maxError)^2
 *            exact:   match when the rating equals y, mismatch otherwise
 *            0 without a rating, or when answerNeedsFormat is true and the completion is not well formed
 * </pre>
 *
 * f is the setting {@code format}, and y is the true rating, rounded down when {@code truncateTruth} is true. A
 * maxError of 0 means the width of the scale. The paper uses f = 0.5, match = 1 and maxError = the width of the scale.
 * The published code uses f = 1, match = 1, maxError = 2, answerNeedsFormat and truncateTruth. The best answer is a
 * conditional median under l1, the mean under l2 and the mode under exact. Immutable; safe for use by many threads.
 */
public final class RewardFunction {
    private final RewardSettings settings;
    private final OutputGrammar grammar;
    private final double maxError;

    public RewardFunction(RewardSettings settings, OutputGrammar grammar) {
        this.settings = settings;
        this.grammar = grammar;
        this.maxError = settings.maxError() == 0 ? grammar.max() - grammar.min() : settings.maxError();
    }

    /**
     * The reward of a completion as text.
     *
     * @param finished whether the completion ended with an end token, not at the token limit
     * @param truth the true rating y, within the scale of the grammar
     */
    public Reward of(String completion, boolean finished, double truth) {
        return of(grammar.parse(completion, finished), truth);
    }

    /**
     * The reward of a parsed completion.
     *
     * @param truth the true rating y, within the scale of the grammar
     */
    public Reward of(ParsedOutput output, double truth) {
        if (!(truth >= grammar.min() && truth <= grammar.max())) {
            throw new IllegalArgumentException(
                    "the true rating " + truth + " is outside the scale " + grammar.min() + " to " + grammar.max());
        }
        // A format reward of 0 has no sign: -0.0 + 0.0 is 0.0, and nothing else changes.
        return new Reward(0.0 + format(output), answer(output, settings.truncateTruth() ? Math.floor(truth) : truth));
    }

    private double format(ParsedOutput output) {
        return switch (settings.formatGrading()) {
            case STRICT -> output.formatOk() ? settings.format() : -settings.format();
            case TAGS -> settings.format() * (2 * output.share() - 1);
        };
    }

    private double answer(ParsedOutput output, double truth) {
        if (output.rating().isEmpty() || (settings.answerNeedsFormat() && !output.formatOk())) {
            return 0;
        }
        double rating = output.rating().getAsDouble();
        double error = Math.abs(truth - rating) / maxError;
        return switch (settings.shape()) {
            case L1 -> settings.match() - error;
            case L2 -> settings.match() - error * error;
            case EXACT -> truth == rating ? settings.match() : settings.mismatch();
        };
    }
}
