package io.recthink.spark.train;

import io.recthink.config.Problems;

/** The section {@code train.keep}: which steps keep their policy and optimizer. */
public record KeepSettings(int last, int every) {
    void check(Problems problems) {
        problems.atLeast(1, "last", last);
        problems.atLeast(0, "every", every);
    }
}
