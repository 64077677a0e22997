package io.recthink.reward;

/**
 * The reward of a completion.
 *
 * @param format the reward for the format, R_format
 * @param answer the reward for the rating, R_answer
 */
public record Reward(double format, double answer) {
    /** The reward that trains the policy, R = R_format + R_answer. */
    public double total() {
        return format + answer;
    }
}
