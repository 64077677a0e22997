package io.recthink.spark.table;

import io.recthink.config.Problems;
import io.recthink.config.Section;

/** The section {@code validation}: validations on ratings during training. */
public record ValidationSettings(int every, int rows, double maxFailed) implements Section {
    @Override
    public void check(Problems problems) {
        problems.atLeast(0, "every", every);
        problems.atLeast(1, "rows", rows);
        problems.between(0, 1, "maxFailed", maxFailed);
    }
}
