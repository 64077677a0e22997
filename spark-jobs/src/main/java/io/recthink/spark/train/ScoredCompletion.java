package io.recthink.spark.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.size;

import io.recthink.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What the driver needs of one scored completion. A step has promptsPerStep x groupSize of them, whatever the log holds. */
record ScoredCompletion(
        String rowId,
        int sample,
        int promptLength,
        int length,
        boolean finished,
        double truth,
        boolean formatOk,
        OptionalDouble rating,
        double rewardFormat,
        double rewardAnswer,
        double reward,
        double groupStd,
        boolean dead) {

    /**
     * Reads the completions of a step.
     *
     * @throws InvalidInputException when a group is not whole
     */
    static List<ScoredCompletion> collect(Dataset<Row> scored, int groups, int groupSize) {
        List<ScoredCompletion> all = scored
                .select(
                        col("rowId"),
                        col("sample"),
                        size(col("promptTokens")),
                        size(col("completionTokens")),
                        col("finish").equalTo("stop"),
                        col("truth"),
                        col("formatOk"),
                        col("rating"),
                        col("rewardFormat"),
                        col("rewardAnswer"),
                        col("reward"),
                        col("groupStd"),
                        col("dead"))
                .collectAsList()
                .stream()
                .map(ScoredCompletion::of)
                .toList();
        Map<String, Long> sizes =
                all.stream().collect(Collectors.groupingBy(ScoredCompletion::rowId, Collectors.counting()));
        if (sizes.size() != groups || sizes.values().stream().anyMatch(size -> size != groupSize)) {
            throw new IllegalStateException("A step of %d groups of %d completions was written, these were read: %s"
                    .formatted(groups, groupSize, sizes));
        }
        return all;
    }

    private static ScoredCompletion of(Row row) {
        return new ScoredCompletion(
                row.getString(0),
                row.getInt(1),
                row.getInt(2),
                row.getInt(3),
                row.getBoolean(4),
                row.getDouble(5),
                row.getBoolean(6),
                row.isNullAt(7) ? OptionalDouble.empty() : OptionalDouble.of(row.getDouble(7)),
                row.getDouble(8),
                row.getDouble(9),
                row.getDouble(10),
                row.getDouble(11),
                row.getBoolean(12));
    }
}
