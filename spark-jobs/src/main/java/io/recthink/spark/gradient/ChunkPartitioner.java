package io.recthink.spark.gradient;

import org.apache.spark.Partitioner;

/**
 * Which task sums which chunks: neighbours together, so few that neither a task nor the driver, to which the sums come task by
 * task, holds more than some hundred megabytes of chunks at a time. It has no influence on the sums.
 */
final class ChunkPartitioner extends Partitioner {
    /** The key of what is not a chunk. */
    static final int STATISTICS = -1;

    private static final int CHUNKS_OF_A_TASK = 8;
    private static final int PARTS_OF_A_TASK = 64;
    private static final int MOST_TASKS = 200;

    private final int chunksOfATask;
    private final int tasks;

    /**
     * Tasks for a gradient.
     *
     * @param chunks of the gradient, at least 1
     * @param parts of each chunk, at least 1: one a gradient partition
     */
    ChunkPartitioner(int chunks, int parts) {
        int few = Math.min(Math.min(CHUNKS_OF_A_TASK, Math.max(1, PARTS_OF_A_TASK / parts)), share(chunks, parts));
        this.chunksOfATask = Math.max(few, share(chunks, MOST_TASKS));
        this.tasks = share(chunks, chunksOfATask);
    }

    private static int share(int chunks, int tasks) {
        return (chunks + tasks - 1) / tasks;
    }

    @Override
    public int numPartitions() {
        return tasks;
    }

    @Override
    public int getPartition(Object key) {
        return Math.max(0, (Integer) key) / chunksOfATask;
    }
}
