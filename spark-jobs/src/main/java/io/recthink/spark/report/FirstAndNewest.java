package io.recthink.spark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Shows a few traces of the first step beside traces of the newest step. A hash of the row id chooses the rows, not the
 * outcome; rows that both steps sampled are first. The first completion of each row is shown.
 */
final class FirstAndNewest {
    private static final int ROWS = 3;

    private FirstAndNewest() {}

    /** A trace of a row at a step. */
    record Written(int step, String rowId, double truth, ShownTrace trace) {}

    /**
     * The traces, side by side.
     *
     * @param first the earlier step; may equal the newest
     * @return one list for each pair, or for each trace when there is only one step
     */
    static List<List<Written>> of(RolloutTraces rollouts, int first, int newest) {
        Dataset<Row> completions = rollouts.completions(first);
        if (newest != first) {
            completions = completions.unionByName(rollouts.completions(newest));
        }
        return completions
                .where(col("sample").equalTo(0))
                .withColumn("stepsOfRow", count(lit(1)).over(Window.partitionBy("rowId")))
                .withColumn(
                        "rank",
                        row_number()
                                .over(Window.partitionBy("step")
                                        .orderBy(col("stepsOfRow").desc(), xxhash64(col("rowId")), col("rowId"))))
                .where(col("rank").leq(ROWS))
                .orderBy("rank", "step")
                .collectAsList()
                .stream()
                .collect(Collectors.groupingBy(
                        row -> row.<Integer>getAs("rank"),
                        TreeMap::new,
                        Collectors.mapping(FirstAndNewest::written, Collectors.toList())))
                .values()
                .stream()
                .toList();
    }

    private static Written written(Row row) {
        return new Written(row.getAs("step"), row.getAs("rowId"), row.getAs("truth"), RolloutTraces.trace(row));
    }
}
