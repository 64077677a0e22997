package io.recthink.spark.table;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.util.List;
import java.util.Map;

/** The section {@code predict}: which rows and policies are predicted, and which read-outs. */
public record PredictSettings(
        String split,
        int rows,
        int validationRows,
        int samples,
        boolean distribution,
        int partitions,
        int maxBatch,
        Map<String, String> policies)
        implements Section {
    @Override
    public void check(Problems problems) {
        problems.require(
                List.of("train", "validation", "test").contains(split), "split", "train, validation or test", split);
        problems.atLeast(0, "rows", rows);
        problems.atLeast(0, "validationRows", validationRows);
        problems.atLeast(0, "samples", samples);
        problems.atLeast(1, "partitions", partitions);
        problems.atLeast(1, "maxBatch", maxBatch);
    }
}
