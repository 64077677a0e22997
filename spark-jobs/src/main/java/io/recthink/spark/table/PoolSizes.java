package io.recthink.spark.table;

import io.recthink.config.Problems;

/** The section {@code prepare.pools}: sizes of the three disjoint pools of train rows. */
public record PoolSizes(int coldStart, int sft, int rl) {
    void check(Problems problems) {
        problems.atLeast(0, "coldStart", coldStart);
        problems.atLeast(0, "sft", sft);
        problems.atLeast(0, "rl", rl);
    }
}
