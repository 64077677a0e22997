package io.recthink.model;

import io.recthink.torch.Bfloat16Support;

/** Chooses how many completions of a group share an attention call in the gradient pass. */
public final class AttentionCall {
    private static final int QUERIES_OF_TILES = 1250;
    private static final int QUERIES = 400;

    private AttentionCall() {}

    /**
     * Returns the most queries of a call with more than one completion. BF16 is faster with many queries, although some
     * of the work is masked; it gains most in tiles and on GPUs. FP32 is not faster.
     *
     * @param onProcessor whether a processor of this machine's kind computes the call
     */
    public static int queries(ComputeType type, boolean onProcessor) {
        return switch (type) {
            case BFLOAT16 -> onProcessor && !Bfloat16Support.inTiles() ? QUERIES : QUERIES_OF_TILES;
            case FLOAT32 -> 1;
        };
    }

    /** All results of {@link #queries} that are possible on a processor. */
    public static int[] queriesOnProcessors(ComputeType type) {
        return switch (type) {
            case BFLOAT16 -> new int[] {QUERIES, QUERIES_OF_TILES};
            case FLOAT32 -> new int[] {1};
        };
    }

    /**
     * Returns the number of completions that share a call: the largest divisor of {@code group} that keeps a call
     * within {@code queries}, at least 1.
     *
     * @param group completions of the group
     * @param positions positions of a completion
     * @param queriesOfAKey query heads of a key head
     * @param queries see {@link #queries}
     */
    public static int completions(int group, long positions, long queriesOfAKey, int queries) {
        int shared = group;
        while (shared > 1 && (group % shared != 0 || shared * positions * queriesOfAKey > queries)) {
            shared--;
        }
        return shared;
    }
}
