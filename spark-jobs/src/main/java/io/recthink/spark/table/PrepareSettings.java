package io.recthink.spark.table;

import io.recthink.config.Problems;
import io.recthink.config.Section;

/** The section {@code prepare}: how a log is converted to examples. */
public record PrepareSettings(
        int kcore,
        boolean strictCore,
        SplitKind split,
        double validationFrom,
        double testFrom,
        boolean refit,
        int historyItems,
        PoolOrder poolOrder,
        PoolSizes pools)
        implements Section {
    @Override
    public void check(Problems problems) {
        problems.atLeast(0, "kcore", kcore);
        problems.require(
                0 < validationFrom && validationFrom < testFrom && testFrom < 1,
                "validationFrom",
                "between 0 and testFrom, and testFrom below 1",
                validationFrom + " and " + testFrom);
        problems.atLeast(0, "historyItems", historyItems);
        pools.check(problems.in("pools"));
    }
}
