package io.recthink.spark.report;

import java.util.Optional;

/**
 * One completion to show.
 *
 * @param text as decoded; may contain anything
 * @param rating what was read from it, or nothing
 * @param tokens length of the completion
 * @param finish {@code stop} or {@code length}; nothing where it was not recorded
 * @param earned what it earned in training; nothing outside of it
 */
record ShownTrace(String text, Optional<Double> rating, int tokens, Optional<String> finish, Optional<Earned> earned) {
    /** The reward of a completion, its two parts, and its advantage within its group. */
    record Earned(double reward, double format, double answer, double advantage, boolean dead) {}
}
