package io.recthink.spark.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.TraceMeasure;
import io.recthink.spark.Activity;
import io.recthink.spark.StoppedException;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.gradient.GradientRequest;
import io.recthink.spark.gradient.GradientRequest.GrpoLoss;
import io.recthink.spark.gradient.GradientStage;
import io.recthink.spark.gradient.LearningGroup;
import io.recthink.spark.gradient.StepGradient;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.rollout.PromptTable;
import io.recthink.spark.rollout.RolloutStage;
import io.recthink.spark.score.ScoreStage;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.training.LearningRun;
import io.recthink.spark.training.LearningRun.Update;
import io.recthink.spark.training.Stopwatch;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The steps of a GRPO run, one at a time. */
final class GrpoSteps implements AutoCloseable {
    private static final String SCORED = "scored";

    private final SparkSession spark;
    private final Configuration configuration;
    private final LearningRun run;
    private final PromptOrder order;
    private final PromptTable prompts;
    private final RolloutStage rollout;
    private final ScoreStage score;
    private final StepSampling sampling;
    private final GradientStage gradient;
    private final Optional<TraceMeasure> measure;
    private final StepGuards guards;
    private Optional<String> reasonToStop;
    private long tokens;

    /**
     * The steps of a run from its current position.
     *
     * @param assistantStart the end of every prompt
     * @param pool the examples to learn from
     * @param order order of their row ids
     * @param gradient gradient stage for the model of the run
     */
    GrpoSteps(
            SparkSession spark,
            Configuration configuration,
            PreparedData data,
            String assistantStart,
            Dataset<Row> pool,
            PromptOrder order,
            GradientStage gradient,
            LearningRun run) {
        TrainSettings train = configuration.get(TrainSettings.class);
        this.spark = spark;
        this.configuration = configuration;
        this.run = run;
        this.gradient = gradient;
        this.order = order;
        this.prompts = new PromptTable(
                pool, PromptEncoding.of(run.reference(), configuration.get(PromptSettings.class), data));
        this.rollout = new RolloutStage(spark, configuration, train.groupSize());
        this.score = new ScoreStage(configuration, train.scaleAdvantage(), data, assistantStart);
        this.sampling = new StepSampling(spark, train, order, prompts, rollout, score, run.folder());
        this.measure = TraceMeasure.of(configuration.get(PromptSettings.class), data.minRating(), data.maxRating());
        this.guards = StepGuards.before(configuration, run.folder(), run.stepsDone(), this::quotedTraces);
        // Step 0 has only the metrics of its validation.
        Optional<ObjectNode> last =
                run.stepsDone() == 0 ? Optional.empty() : run.folder().metrics(run.stepsDone());
        this.reasonToStop = last.flatMap(guards::reasonToStop);
        this.tokens = last.map(metrics -> metrics.path("num_tokens").asLong()).orElse(0L);
    }

    /**
     * Runs the next step and saves it.
     *
     * @return a summary for people
     */
    String next() {
        int step = run.stepsDone() + 1;
        Stopwatch watch = new Stopwatch();
        StepMetrics metrics = new StepMetrics(step);
        try (StepCompletions completions = sampling.of(step, run.policy(), run.cursor())) {
            watch.lap();
            say(step, "gradient");
            GradientStage.Running running = gradient.start(groups(completions), request(completions.learnt()));
            say(step, "table of rewards");
            Optional<StepTraces.Summary> traces = beside(running, step, completions);
            StepGradient sum = running.await();
            double gradientSeconds = watch.lap();

            Update update = run.learn(sum.gradient());
            double learnSeconds = watch.lap();
            run.publish();
            double publishSeconds = watch.lap();

            StepCompletions.Times times = completions.times();
            metrics.completions(completions.sampled())
                    .traces(traces)
                    .learning(sum, update)
                    .sampledEntropy(completions.sampled())
                    .samples(order.distinctBefore(completions.next()))
                    .tokens(completions.sampled(), sum.statistics(), tokens, times.rollout(), gradientSeconds)
                    .time("rollout", times.rollout(), times.rolloutEngine())
                    .time("score", times.score(), 0)
                    .time("gradient", gradientSeconds, sum.engineSeconds())
                    .time("learn", learnSeconds, learnSeconds)
                    .time("publish", publishSeconds, 0)
                    .stepTime(watch.total());
            TrainSettings train = configuration.get(TrainSettings.class);
            if (train.dynamicSampling() > 0) {
                metrics.dynamicSampling(completions.rounds(), completions.replaced(train.groupSize()));
            }
            say(step, "validation");
            save(completions, metrics.values());
        }
        return summary(metrics.values());
    }

    private List<LearningGroup> groups(StepCompletions completions) {
        boolean withDead = configuration.get(TrainSettings.class).entropyBonus() > 0;
        return ScoredCompletion.groups(completions.learnt(), completions.rowIds(), withDead);
    }

    private void say(int step, String what) {
        Activity.begin(spark, "train step " + step, "step %d: %s".formatted(step, what));
    }

    /**
     * Writes the table of rewards and measures the traces of all sampled completions. This runs while the gradient is
     * computed, on cores that the gradient tasks leave free.
     */
    private Optional<StepTraces.Summary> beside(GradientStage.Running running, int step, StepCompletions completions) {
        try {
            score.write(completions.scored(), run.folder().table(step, SCORED));
            if (!completions.tables().contains(StepSampling.ROLLOUTS)) {
                rollout.write(completions.scored(), run.folder().table(step, StepSampling.ROLLOUTS));
            }
            return measure.flatMap(by -> StepTraces.summary(completions.texts(), completions.asked(), by));
        } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
            running.cancel();
            throw e;
        }
    }

    private String quotedTraces(int step) {
        run.folder().requireTable(step, StepSampling.ROLLOUTS);
        return StepTraces.quoted(rollout.read(run.folder().table(step, StepSampling.ROLLOUTS)));
    }

    private void save(StepCompletions completions, Map<String, Object> metrics) {
        Set<String> tables = new LinkedHashSet<>(List.of(StepSampling.ROLLOUTS, SCORED));
        tables.addAll(completions.tables());
        run.save(completions.next(), metrics, List.copyOf(tables));
        tokens = (Long) metrics.get("num_tokens");
        reasonToStop = guards.reasonToStop(metrics);
    }

    private GradientRequest request(List<ScoredCompletion> completions) {
        TrainSettings train = configuration.get(TrainSettings.class);
        GrpoLoss loss = new GrpoLoss(
                train.clipAndReduction(),
                completions.size(),
                StepMetrics.tokens(completions),
                configuration.get(RolloutSettings.class).maxTokens(),
                configuration.get(RolloutSettings.class).temperature(),
                run.reference());
        return new GradientRequest(run.policy(), configuration.get(ModelSettings.class), train.microBatch(), loss);
    }

    /**
     * Stops a run that a guard has stopped, also a resumed run whose guards have not changed.
     *
     * @throws StoppedException with the reason, and with the policies that can be used
     */
    void refuseToGoOn() {
        if (reasonToStop.isPresent()) {
            run.recordStop(reasonToStop.get());
            String best = run.best()
                    .map(found -> "the best policy on validation is the policy of step " + found.step())
                    .orElse("every step up to " + run.stepsDone() + " is complete");
            throw new StoppedException(
                    "train stopped after step %d: %s. The run in %s can be used: %s. With other guards it continues by --resume."
                            .formatted(
                                    run.stepsDone(),
                                    reasonToStop.get(),
                                    run.folder().path(),
                                    best));
        }
    }

    private static String summary(Map<String, Object> metrics) {
        StringBuilder summary = new StringBuilder();
        append(summary, "reward", metrics.get("reward"));
        append(summary, "format", metrics.get(StepGuards.FORMAT_RATE));
        append(summary, "MAE", metrics.get("train_mae"));
        append(summary, "validation MAE", metrics.get("eval/mae"));
        return summary.toString();
    }

    private static void append(StringBuilder summary, String label, Object value) {
        if (value instanceof Double number) {
            summary.append(String.format(Locale.ROOT, "%s%s %.3f", summary.isEmpty() ? "" : "  ", label, number));
        }
    }

    @Override
    public void close() {
        prompts.close();
    }
}
