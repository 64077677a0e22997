package io.recthink.spark.sft;

import io.recthink.config.Problems;

/**
 * The settings {@code sft.form}: when imitation stops because the policy writes the form.
 *
 * @param stopAt share of well-formed samples that ends the run; 0: it goes on to its last step
 * @param every steps between the checks
 * @param prompts validation prompts
 * @param samples samples of each prompt
 */
public record FormSettings(double stopAt, int every, int prompts, int samples) {
    void check(Problems problems) {
        problems.between(0, 1, "stopAt", stopAt);
        problems.atLeast(1, "every", every);
        problems.atLeast(1, "prompts", prompts);
        problems.atLeast(2, "samples", samples);
    }

    /** Whether samples are drawn at all. */
    boolean isOn() {
        return stopAt > 0;
    }
}
