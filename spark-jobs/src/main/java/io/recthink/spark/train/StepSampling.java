package io.recthink.spark.train;

import static org.apache.spark.sql.functions.col;

import io.recthink.spark.Activity;
import io.recthink.spark.completion.Prompt;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.rollout.PromptTable;
import io.recthink.spark.rollout.RolloutStage;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.score.ScoreStage;
import io.recthink.spark.train.StepCompletions.Times;
import io.recthink.spark.training.Stopwatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * Samples and scores the completions of a step. With {@code train.dynamicSampling} above 0, further prompts replace the
 * groups in which all completions have the same reward, round by round (DAPO, Yu et al. 2025). Each round is written as
 * {@code sampled-0}, {@code sampled-1}, ... before it is scored. The draws depend only on the cursor, the seeds and the
 * rewards: a repeated step gives the same result.
 */
final class StepSampling {
    static final String ROLLOUTS = "rollouts";
    private static final int PROMPTS_AHEAD = 1024;

    private final SparkSession spark;
    private final TrainSettings settings;
    private final PromptOrder order;
    private final PromptTable prompts;
    private final RolloutStage rollout;
    private final ScoreStage score;
    private final RunFolder folder;

    StepSampling(
            SparkSession spark,
            TrainSettings settings,
            PromptOrder order,
            PromptTable prompts,
            RolloutStage rollout,
            ScoreStage score,
            RunFolder folder) {
        this.spark = spark;
        this.settings = settings;
        this.order = order;
        this.prompts = prompts;
        this.rollout = rollout;
        this.score = score;
        this.folder = folder;
    }

    /** The completions of the step whose prompts begin at a cursor. */
    StepCompletions of(int step, PolicyReference policy, Cursor cursor) {
        Rounds rounds = new Rounds(step, policy);
        try {
            return of(rounds, order.at(cursor));
        } catch (Throwable e) {
            rounds.held.forEach(Dataset::unpersist);
            throw e;
        }
    }

    private StepCompletions of(Rounds rounds, PromptOrder.Step own) {
        PromptOrder.Step drawn = own;
        List<String> groups = new ArrayList<>(drawn.rowIds());
        rounds.sample(drawn);
        while (rounds.count() <= settings.dynamicSampling()) {
            List<String> dead = groups.stream().filter(rounds.dead::contains).toList();
            PromptOrder.Step further = order.further(drawn.next(), dead.size(), rounds.rowIds());
            if (further.rowIds().isEmpty()) {
                break;
            }
            for (int i = 0; i < further.rowIds().size(); i++) {
                groups.set(groups.indexOf(dead.get(i)), further.rowIds().get(i));
            }
            drawn = further;
            rounds.sample(drawn);
        }
        return rounds.completions(groups, drawn);
    }

    /** The rounds of one step. */
    private final class Rounds {
        private final int step;
        private final PolicyReference policy;
        private final List<Dataset<Row>> held = new ArrayList<>();
        private final List<String> tables = new ArrayList<>();
        private final List<Prompt> prompted = new ArrayList<>();
        private final List<ScoredCompletion> sampled = new ArrayList<>();
        private final Set<String> dead = new HashSet<>();
        private Times times = Times.NONE;

        Rounds(int step, PolicyReference policy) {
            this.step = step;
            this.policy = policy;
        }

        /** The number of rounds so far. */
        int count() {
            return held.size();
        }

        Set<String> rowIds() {
            Set<String> rowIds = new HashSet<>();
            sampled.forEach(completion -> rowIds.add(completion.rowId()));
            return rowIds;
        }

        void sample(PromptOrder.Step drawn) {
            String round = settings.dynamicSampling() == 0 ? "" : ", round " + count();
            Stopwatch watch = new Stopwatch();
            say("prompts" + round);
            List<Prompt> asked = prompts.fetch(drawn.rowIds(), order.ahead(drawn.first(), PROMPTS_AHEAD));
            say("rollout" + round);
            String table = settings.dynamicSampling() == 0 ? ROLLOUTS : "sampled-" + count();
            String path = folder.table(step, table);
            double engine = rollout.write(step, asked, policy, path);
            double rolloutSeconds = watch.lap();
            say("score" + round);
            Dataset<Row> scored = score.score(rollout.read(path)).persist(StorageLevel.MEMORY_AND_DISK());
            held.add(scored);
            tables.add(table);
            prompted.addAll(asked);
            List<ScoredCompletion> completions =
                    ScoredCompletion.collect(scored, policy, asked.size(), settings.groupSize());
            sampled.addAll(completions);
            completions.stream().filter(ScoredCompletion::dead).forEach(completion -> dead.add(completion.rowId()));
            times = times.plus(rolloutSeconds, engine, watch.lap());
        }

        StepCompletions completions(List<String> groups, PromptOrder.Step last) {
            Dataset<Row> all = StepCompletions.union(held);
            return new StepCompletions(
                    prompted,
                    List.copyOf(groups),
                    StepCompletions.of(sampled, groups),
                    sampled,
                    held.size() == 1 ? all : all.where(col("rowId").isin(groups.toArray())),
                    held,
                    tables,
                    last.next(),
                    count() - 1,
                    times);
        }

        private void say(String what) {
            Activity.begin(spark, "train step " + step, "step %d: %s".formatted(step, what));
        }
    }
}
