package io.recthink.model;

import io.recthink.torch.Bfloat16Support;

/** A call of the attention of gradients, which completions of a group may share. */
public final class AttentionCall {
    private static final int QUERIES_OF_TILES = 1250;
    private static final int QUERIES = 400;

    private AttentionCall() {}

    /**
     * Queries that a call may have when there is more than one completion in it. BF16 is faster with many though some of its
     * work is masked, most of all in tiles and on GPUs; FP32 is not.
     *
     * @param onProcessor whether a processor of this machine's kind computes it
     */
    public static int queries(ComputeType type, boolean onProcessor) {
        return switch (type) {
            case BFLOAT16 -> onProcessor && !Bfloat16Support.inTiles() ? QUERIES : QUERIES_OF_TILES;
            case FLOAT32 -> 1;
        };
    }

    /** What {@link #queries} may say on processors of any kind. */
    public static int[] queriesOnProcessors(ComputeType type) {
        return switch (type) {
            case BFLOAT16 -> new int[] {QUERIES, QUERIES_OF_TILES};
            case FLOAT32 -> new int[] {1};
        };
    }

    /**
     * Completions of a group that share a call: the most of which a whole number of calls makes up the group.
     *
     * @param group completions of the group
     * @param positions of a completion
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
