package io.recthink.spark.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;

import io.recthink.spark.files.LiteralPath;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.table.Tables;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * Chooses one group of completions for each of a few training steps. To make steps comparable, it prefers the row that
 * most steps sampled. The next criteria are the most frequent truth and the largest reward differences. Of each group
 * it takes the completions with the highest, the middle and the lowest reward.
 */
final class RolloutTraces {
    private final SparkSession spark;
    private final RunFolder run;

    RolloutTraces(SparkSession spark, RunFolder run) {
        this.spark = spark;
        this.run = run;
    }

    /** The chosen groups by step. {@code steps} is not empty, and each step has rollouts. */
    Map<Integer, Group> of(List<Integer> steps) {
        Dataset<Row> completions = steps.stream()
                .map(this::completions)
                .reduce(Dataset::unionByName)
                .orElseThrow();
        List<Row> rows = completions
                .join(broadcast(chosenGroups(completions)), new String[] {"step", "rowId"})
                .collectAsList();
        return rows.stream()
                .collect(Collectors.groupingBy(
                        row -> row.<Integer>getAs("step"),
                        TreeMap::new,
                        Collectors.collectingAndThen(Collectors.toList(), RolloutTraces::group)));
    }

    /** One group of a step. */
    record Group(String rowId, double truth, List<ShownTrace> traces) {}

    /** All completions of a step with their rewards. */
    Dataset<Row> completions(int step) {
        run.requireTable(step, "rollouts");
        run.requireTable(step, "scored");
        Dataset<Row> rollouts =
                spark.read().schema(Tables.ROLLOUTS).parquet(LiteralPath.of(run.table(step, "rollouts")));
        Dataset<Row> scored = spark.read().schema(Tables.SCORED).parquet(LiteralPath.of(run.table(step, "scored")));
        return rollouts.join(scored, new String[] {"rowId", "sample"})
                .select(
                        lit(step).as("step"),
                        col("rowId"),
                        col("sample"),
                        col("truth"),
                        col("text"),
                        col("finish"),
                        size(col("completionTokens")).as("tokens"),
                        col("rating"),
                        col("rewardFormat"),
                        col("rewardAnswer"),
                        col("reward"),
                        col("groupStd"),
                        col("advantage"),
                        col("dead"));
    }

    private static Dataset<Row> chosenGroups(Dataset<Row> completions) {
        return completions
                .groupBy("step", "rowId")
                .agg(first("truth").as("truth"), first("groupStd").as("groupStd"))
                .withColumn("stepsOfRow", size(collect_set("step").over(Window.partitionBy("rowId"))))
                .withColumn("stepsOfTruth", size(collect_set("step").over(Window.partitionBy("truth"))))
                .withColumn("differenceOfRow", sum("groupStd").over(Window.partitionBy("rowId")))
                .withColumn(
                        "rank",
                        row_number()
                                .over(Window.partitionBy("step")
                                        .orderBy(
                                                col("stepsOfRow").desc(),
                                                col("stepsOfTruth").desc(),
                                                col("truth"),
                                                col("differenceOfRow").desc(),
                                                col("rowId"))))
                .where(col("rank").equalTo(1))
                .select("step", "rowId");
    }

    private static Group group(List<Row> rows) {
        List<Row> byReward = rows.stream()
                .sorted(Comparator.comparingDouble((Row row) -> row.<Double>getAs("reward"))
                        .reversed()
                        .thenComparingInt(row -> row.<Integer>getAs("sample")))
                .toList();
        int last = byReward.size() - 1;
        List<ShownTrace> traces = List.of(0, last / 2, last).stream()
                .distinct()
                .map(byReward::get)
                .map(RolloutTraces::trace)
                .toList();
        Row any = byReward.get(0);
        return new Group(any.getAs("rowId"), any.getAs("truth"), traces);
    }

    static ShownTrace trace(Row row) {
        return new ShownTrace(
                row.getAs("text"),
                Optional.ofNullable(row.getAs("rating")),
                row.getAs("tokens"),
                Optional.of(row.getAs("finish")),
                Optional.of(new ShownTrace.Earned(
                        row.getAs("reward"),
                        row.getAs("rewardFormat"),
                        row.getAs("rewardAnswer"),
                        row.getAs("advantage"),
                        row.getAs("dead"))));
    }
}
