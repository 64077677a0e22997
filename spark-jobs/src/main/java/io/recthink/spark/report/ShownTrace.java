package io.recthink.spark.report;

import java.util.Optional;

/**
 * One completion to show.
 *
 * @param text the decoded text; may contain anything
 * @param rating the rating read from the text; empty when there is none
 * @param tokens length of the completion
 * @param finish {@code stop} or {@code length}; empty when it was not recorded
 * @param earned rewards in training; empty outside of training
 */
record ShownTrace(String text, Optional<Double> rating, int tokens, Optional<String> finish, Optional<Earned> earned) {
    /** The reward of a completion, its two parts, and its advantage within its group. */
    record Earned(double reward, double format, double answer, double advantage, boolean dead) {}
}
