package io.recthink.spark.sft;

import io.recthink.config.Configuration;
import io.recthink.spark.Activity;
import io.recthink.spark.gradient.GradientRequest;
import io.recthink.spark.gradient.GradientRequest.SupervisedLoss;
import io.recthink.spark.gradient.GradientStage;
import io.recthink.spark.gradient.LearningGroup;
import io.recthink.spark.gradient.StepGradient;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.training.LearningRun;
import io.recthink.spark.training.LearningRun.Update;
import io.recthink.spark.training.Stopwatch;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;

/** The steps of a supervised run, one at a time. */
final class SftSteps {
    private static final int TRACES_AHEAD = 4096;

    private final SparkSession spark;
    private final Configuration configuration;
    private final LearningRun run;
    private final PromptOrder order;
    private final TraceTable traces;
    private final GradientStage gradient;
    private Cursor cursor;
    private SftMetrics metrics;
    private long tokens;

    /**
     * The steps of a run from where it is now.
     *
     * @param traces to learn from
     * @param order of their keys
     * @param gradient the stage for the model of the run
     */
    SftSteps(
            SparkSession spark,
            Configuration configuration,
            TraceTable traces,
            PromptOrder order,
            GradientStage gradient,
            LearningRun run) {
        this.spark = spark;
        this.configuration = configuration;
        this.run = run;
        this.order = order;
        this.traces = traces;
        this.gradient = gradient;
        this.cursor = run.cursor();
        this.metrics = new SftMetrics();
        this.tokens = run.folder()
                .metrics(run.stepsDone())
                .map(saved -> saved.path("num_tokens").asLong())
                .orElse(0L);
    }

    /**
     * Makes the next step, and saves it when it is its turn.
     *
     * @return a summary for people
     */
    String next() {
        Configuration.Sft sft = configuration.sft();
        int step = run.stepsDone() + 1;
        boolean saved = step % sft.saveEvery() == 0 || step == sft.steps();
        Stopwatch watch = new Stopwatch();
        say(step, "traces");
        PromptOrder.Step batch = order.at(cursor);
        List<EncodedTrace> examples = traces.fetch(batch.rowIds(), order.ahead(batch.first(), TRACES_AHEAD));
        double fetchSeconds = watch.lap();
        say(step, "gradient");
        StepGradient sum = gradient.of(groups(examples), request(examples));
        double gradientSeconds = watch.lap();
        Update update = run.learn(sum.gradient());
        double learnSeconds = watch.lap();
        run.publish();
        metrics.add(sum, update, fetchSeconds, gradientSeconds, learnSeconds, watch.lap());
        tokens += tokens(examples);
        cursor = batch.next();
        if (saved) {
            say(step, "validation");
            run.save(cursor, metrics.values(step, tokens), List.of());
            metrics = new SftMetrics();
        }
        return String.format(Locale.ROOT, "loss %.4f", sum.statistics().loss());
    }

    private void say(int step, String what) {
        Activity.begin(spark, "sft step " + step, "step %d: %s".formatted(step, what));
    }

    private static List<LearningGroup> groups(List<EncodedTrace> examples) {
        return IntStream.range(0, examples.size())
                .mapToObj(i -> LearningGroup.supervised(
                        i, examples.get(i).prompt(), examples.get(i).completion()))
                .toList();
    }

    private GradientRequest request(List<EncodedTrace> examples) {
        long completionTokens =
                examples.stream().mapToLong(trace -> trace.completion().length).sum();
        return new GradientRequest(
                run.policy(),
                configuration.model(),
                configuration.sft().microBatch(),
                new SupervisedLoss(completionTokens));
    }

    private static long tokens(List<EncodedTrace> examples) {
        return examples.stream()
                .mapToLong(trace -> trace.prompt().length + trace.completion().length)
                .sum();
    }
}
