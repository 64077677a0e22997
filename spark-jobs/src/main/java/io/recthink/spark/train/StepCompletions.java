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
 * @param sampled these and those of the groups that were replaced
 * @param scored the completions that are learnt from, with their rewards
 * @param held the completions of each round with their rewards, held until {@link #close}
 * @param tables of the step's folder that were written
 * @param next where the prompts of the next step begin
 * @param rounds of dynamic sampling
 * @param times that the rounds took
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
     * Seconds, of all rounds together.
     *
     * @param rollout of prompts and rollouts
     * @param rolloutEngine those of them in which the executors computed
     * @param score of rewards
     */
    record Times(double rollout, double rolloutEngine, double score) {
        static final Times NONE = new Times(0, 0, 0);

        Times plus(double moreRollout, double moreEngine, double moreScore) {
            return new Times(rollout + moreRollout, rolloutEngine + moreEngine, score + moreScore);
        }
    }

    /** All that was sampled, with its texts. */
    Dataset<Row> texts() {
        return union(held);
    }

    /** The completions of rounds together. */
    static Dataset<Row> union(List<Dataset<Row>> rounds) {
        return rounds.stream().reduce(Dataset::unionByName).orElseThrow();
    }

    /** Groups whose place further prompts have taken. */
    int replaced(int groupSize) {
        return (sampled.size() - learnt.size()) / groupSize;
    }

    /** Those of some groups. */
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
