package io.recthink.spark.train;

import io.recthink.spark.completion.Prompt;
import io.recthink.spark.run.Cursor;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The completions of a step.
 *
 * @param asked the prompts of all rounds
 * @param rowIds the groups to learn from, in their order
 * @param learnt the completions of these groups
 * @param sampled the completions of these groups and of the replaced groups
 * @param scored the completions to learn from, with their rewards
 * @param held the completions of each round with their rewards, persisted until {@link #close}
 * @param tables tables that were written to the step's folder
 * @param next position of the first prompt of the next step
 * @param rounds number of rounds of dynamic sampling
 * @param times durations of the rounds
 */
record StepCompletions(
        List<Prompt> asked,
        List<String> rowIds,
        List<ScoredCompletion> learnt,
        List<ScoredCompletion> sampled,
        Dataset<Row> scored,
        List<Dataset<Row>> held,
        List<String> tables,
        Cursor next,
        int rounds,
        Times times)
        implements AutoCloseable {

    /**
     * Seconds, summed over all rounds.
     *
     * @param rollout for prompts and rollouts
     * @param rolloutEngine the part of {@code rollout} in which the executors computed
     * @param score for rewards
     */
    record Times(double rollout, double rolloutEngine, double score) {
        static final Times NONE = new Times(0, 0, 0);

        Times plus(double moreRollout, double moreEngine, double moreScore) {
            return new Times(rollout + moreRollout, rolloutEngine + moreEngine, score + moreScore);
        }
    }

    /** All sampled completions, with their texts. */
    Dataset<Row> texts() {
        return union(held);
    }

    /** The completions of all rounds in one table. */
    static Dataset<Row> union(List<Dataset<Row>> rounds) {
        return rounds.stream().reduce(Dataset::unionByName).orElseThrow();
    }

    /** The number of groups that were replaced by groups of further prompts. */
    int replaced(int groupSize) {
        return (sampled.size() - learnt.size()) / groupSize;
    }

    /** The completions of the given groups. */
    static List<ScoredCompletion> of(List<ScoredCompletion> sampled, List<String> rowIds) {
        Set<String> wanted = Set.copyOf(rowIds);
        return sampled.stream()
                .filter(completion -> wanted.contains(completion.rowId()))
                .toList();
    }

    @Override
    public void close() {
        held.forEach(Dataset::unpersist);
    }
}
