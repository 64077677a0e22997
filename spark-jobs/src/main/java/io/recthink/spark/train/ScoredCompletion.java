package io.recthink.spark.train;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import io.recthink.InvalidInputException;
import io.recthink.learn.Group;
import io.recthink.learn.LearningCompletion;
import io.recthink.spark.gradient.LearningGroup;
import io.recthink.spark.policy.PolicyReference;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * One scored completion on the driver, which sends it to a gradient task. A step has promptsPerStep x groupSize
 * completions, whatever the size of the log. Each needs 8 bytes for each of its tokens, and 4 bytes for each token of
 * its prompt.
 *
 * @param prompt tokens of the prompt; null except in the first sample of a group
 * @param rating null when the completion has no readable rating
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
record ScoredCompletion(
        String rowId,
        int sample,
        int[] prompt,
        int[] tokens,
        float[] logprobs,
        boolean finished,
        double truth,
        boolean formatOk,
        Double rating,
        double rewardFormat,
        double rewardAnswer,
        double reward,
        double groupStd,
        double advantage,
        boolean dead)
        implements Serializable {

    /** The number of tokens of the completion. */
    int length() {
        return tokens.length;
    }

    /** Whether the completion has a readable rating. */
    boolean parsed() {
        return rating != null;
    }

    /**
     * Reads the completions of a step.
     *
     * @param policy the policy that must have sampled them
     * @throws InvalidInputException when another policy sampled a completion
     * @throws IllegalStateException when a group is incomplete
     */
    static List<ScoredCompletion> collect(Dataset<Row> scored, PolicyReference policy, int groups, int groupSize) {
        String sha256 = policy.sha256();
        List<ScoredCompletion> all = scored.select(
                        col("rowId"),
                        col("sample"),
                        when(col("sample").equalTo(0), col("promptTokens")),
                        col("completionTokens"),
                        col("logprobs"),
                        col("finish").equalTo("stop"),
                        col("truth"),
                        col("formatOk"),
                        col("rating"),
                        col("rewardFormat"),
                        col("rewardAnswer"),
                        col("reward"),
                        col("groupStd"),
                        col("advantage"),
                        col("dead"),
                        col("policySha256"))
                .toJavaRDD()
                .map(row -> of(row, sha256))
                .collect();
        Map<String, Long> sizes =
                all.stream().collect(Collectors.groupingBy(ScoredCompletion::rowId, Collectors.counting()));
        if (sizes.size() != groups || sizes.values().stream().anyMatch(size -> size != groupSize)) {
            throw new IllegalStateException("A step of %d groups of %d completions was written, these were read: %s"
                    .formatted(groups, groupSize, sizes));
        }
        return all;
    }

    /**
     * The groups to learn from: the groups that are not dead, and with {@code withDead} also the dead groups, for a
     * loss with a term that does not depend on advantages.
     *
     * @param order the row ids of the step
     */
    static List<LearningGroup> groups(List<ScoredCompletion> completions, List<String> order, boolean withDead) {
        Map<String, List<ScoredCompletion>> groups = completions.stream()
                .filter(completion -> withDead || !completion.dead())
                .sorted(Comparator.comparingInt(ScoredCompletion::sample))
                .collect(Collectors.groupingBy(ScoredCompletion::rowId));
        List<List<ScoredCompletion>> live =
                order.stream().filter(groups::containsKey).map(groups::get).toList();
        return IntStream.range(0, live.size())
                .mapToObj(index -> group(index, live.get(index)))
                .toList();
    }

    private static LearningGroup group(int index, List<ScoredCompletion> completions) {
        List<LearningCompletion> learning = completions.stream()
                .map(completion ->
                        LearningCompletion.sampled(completion.tokens(), completion.logprobs(), completion.advantage()))
                .toList();
        return new LearningGroup(index, new Group(completions.get(0).prompt(), learning));
    }

    private static ScoredCompletion of(Row row, String policySha256) {
        if (!row.getString(15).equals(policySha256)) {
            throw new InvalidInputException(
                    "The rollouts of row %s were sampled by policy %s, the gradient is asked for policy %s; only the policy that sampled can learn from them."
                            .formatted(row.getString(0), row.getString(15), policySha256));
        }
        return new ScoredCompletion(
                row.getString(0),
                row.getInt(1),
                row.isNullAt(2) ? null : ints(row.getList(2)),
                ints(row.getList(3)),
                floats(row.getList(4)),
                row.getBoolean(5),
                row.getDouble(6),
                row.getBoolean(7),
                row.isNullAt(8) ? null : row.getDouble(8),
                row.getDouble(9),
                row.getDouble(10),
                row.getDouble(11),
                row.getDouble(12),
                row.getDouble(13),
                row.getBoolean(14));
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    private static float[] floats(List<Float> values) {
        float[] numbers = new float[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values.get(i);
        }
        return numbers;
    }
}
