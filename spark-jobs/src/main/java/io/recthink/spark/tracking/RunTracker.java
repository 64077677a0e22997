package io.recthink.spark.tracking;

import java.util.Map;

/** Follows the steps of a run while it is trained. No failure of a tracker reaches the training. */
public interface RunTracker extends AutoCloseable {
    /**
     * Receives the metrics of a step that is being saved; returns at once. If the process is killed before the step is
     * complete, a resumed run computes the step again, with the same result.
     *
     * @param metrics names and values as in {@code metrics.json}
     */
    void saved(int step, Map<String, ?> metrics);

    /**
     * Receives the end of a run that has come to its last step, or was stopped by a validation. Without it, {@link #close}
     * means that the run failed.
     *
     * @param chosen the step whose policy is used
     * @param policy path of the folder of that policy
     */
    void ended(int chosen, String policy);

    /** Receives the reason why the run stops before its last step. */
    void stopped(String reason);

    /** Ends the tracking; waits a few seconds for what is not yet sent. */
    @Override
    void close();
}
