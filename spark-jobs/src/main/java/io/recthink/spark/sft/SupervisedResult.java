package io.recthink.spark.sft;

import java.util.Optional;

/**
 * What a supervised run has come to.
 *
 * @param policy Hadoop path of the policy to use: the best on validation, or without a validation the newest
 * @param chosen the step whose policy that is
 * @param steps that were made, in all attempts together
 * @param stopped why the run has stopped before its last step, where it has
 */
public record SupervisedResult(String policy, int chosen, int steps, Optional<String> stopped) {}
