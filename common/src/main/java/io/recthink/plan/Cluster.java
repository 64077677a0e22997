package io.recthink.plan;

/**
 * The processes that a training runs in.
 *
 * @param layout which they are
 * @param executors how many executors there are; 1 where there is one process
 * @param tasks that an executor runs at a time
 */
public record Cluster(Layout layout, int executors, int tasks) {
    /** Which processes there are. */
    public enum Layout {
        /** One process without Spark, as {@code benchmark} measures: one task and the learner. */
        BENCHMARK,
        /** One process that is driver and executor, as with {@code spark.master local[N]}. */
        LOCAL,
        /** A driver with the learner, and executors. */
        EXECUTORS,
        /** A driver with the learner, and executors with a GPU each, which has the tensors. */
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

    /** The same with another number of tasks at a time. */
    public Cluster withTasks(int other) {
        return new Cluster(layout, executors, other);
    }
}
