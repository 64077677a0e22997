package io.recthink.plan;

/**
 * The processes that a training runs in.
 *
 * @param layout how driver, learner and executors share processes
 * @param executors number of executors; 1 where there is one process
 * @param tasks tasks that an executor runs at the same time
 */
public record Cluster(Layout layout, int executors, int tasks) {
    /** How driver, learner and executors share processes. */
    public enum Layout {
        /** One process without Spark, with one task and the learner, as {@code benchmark} measures. */
        BENCHMARK,
        /** One process that is driver and executor, as with {@code spark.master local[N]}. */
        LOCAL,
        /** A driver with the learner, and executors. */
        EXECUTORS,
        /** A driver with the learner, and executors with one GPU each; the tensors are on the GPU. */
        GPUS
    }

    public Cluster {
        if (executors < 1 || tasks < 1) {
            throw new IllegalArgumentException(
                    "executors and tasks must be at least 1 (were " + executors + " and " + tasks + ")");
        }
        if (layout == Layout.BENCHMARK && tasks > 1) {
            throw new IllegalArgumentException("the benchmark runs 1 task at a time (was " + tasks + ")");
        }
    }

    /** Returns this cluster with another number of tasks of an executor. */
    public Cluster withTasks(int other) {
        return new Cluster(layout, executors, other);
    }
}
