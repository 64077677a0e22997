package io.recthink.spark.sft;

import java.util.Optional;

/**
 * The result of a supervised run.
 *
 * @param policy Hadoop path of the policy to use: the best on validation, or the newest without a validation
 * @param chosen the step of this policy
 * @param steps number of steps, in all attempts together
 * @param stopped why the run stopped before its last step; empty when it did not
 */
public record SupervisedResult(String policy, int chosen, int steps, Optional<String> stopped) {}
