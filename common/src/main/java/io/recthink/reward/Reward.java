package io.recthink.reward;

/**
 * The reward of a completion.
 *
 * @param format what the form earned
 * @param answer what the rating earned
 */
public record Reward(double format, double answer) {
    /** The reward that the policy is trained on. */
    public double total() {
        return format + answer;
    }
}
