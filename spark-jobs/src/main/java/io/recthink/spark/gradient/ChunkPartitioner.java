package io.recthink.spark.gradient;

import org.apache.spark.Partitioner;

/**
 * Assigns the chunks of a gradient to tasks that sum them. A task sums neighbouring chunks, so few that neither a task
 * nor the driver has more than some hundred megabytes of chunks at a time. The driver receives the sums task by task.
 * There are at most {@value #MOST_TASKS} tasks, so with very many chunks a task sums more of them. The assignment does
 * not change the sums.
 */
final class ChunkPartitioner extends Partitioner {
    /** The key of the statistics, which are not a chunk. */
    static final int STATISTICS = -1;

    private static final int CHUNKS_OF_A_TASK = 8;
    private static final int PARTS_OF_A_TASK = 64;
    private static final int MOST_TASKS = 200;

    private final int chunksOfATask;
    private final int tasks;

    /**
     * The tasks for a gradient.
     *
     * @param chunks the number of chunks of the gradient, at least 1
     * @param parts the number of parts of each chunk, one per gradient partition; at least 1
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
