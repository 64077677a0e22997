package io.recthink.spark.retrain;

import io.recthink.spark.run.Best;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.run.Stop;
import java.util.Optional;

/**
 * The candidate of a cycle.
 *
 * @param policy the folder of its policy
 * @param sha256 SHA-256 of its weights
 * @param step the step that was chosen on validation
 * @param steps the steps of the run
 * @param error what the validation measured, in words; empty in a run without validation
 * @param stop why a guard stopped the training; empty: none did
 */
record TrainedCandidate(
        String policy, String sha256, int step, int steps, Optional<String> error, Optional<String> stop) {
    /** The chosen policy of a run. */
    static TrainedCandidate of(RunFolder run) {
        Manifest chosen = run.best();
        return new TrainedCandidate(
                run.policy(chosen),
                chosen.policyVersion().sha256(),
                chosen.step(),
                run.newest().orElseThrow().step(),
                Optional.ofNullable(chosen.best()).map(Best::value),
                run.stop().map(Stop::reason));
    }

    boolean isUsable() {
        return stop.isEmpty() && step > 0;
    }

    String words() {
        String chosen = "step %d of %d%s"
                .formatted(step, steps, error.map(" (%s)"::formatted).orElse(""));
        return stop.map(reason -> "%s; a guard stopped it: %s".formatted(chosen, reason))
                .orElse(chosen);
    }
}
