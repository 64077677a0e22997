package io.recthink.spark.sft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.spark.Activity;
import io.recthink.spark.gradient.GradientRequest;
import io.recthink.spark.gradient.GradientRequest.SupervisedLoss;
import io.recthink.spark.gradient.GradientStage;
import io.recthink.spark.gradient.LearningGroup;
import io.recthink.spark.gradient.StepGradient;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.table.TeacherUsage;
import io.recthink.spark.training.LearningRun;
import io.recthink.spark.training.LearningRun.Update;
import io.recthink.spark.training.Stopwatch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;

/** The steps of a supervised run, one at a time. */
final class SupervisedSteps {
    private static final int ROWS_AHEAD = 4096;

    private final SparkSession spark;
    private final String section;
    private final SupervisedSettings settings;
    private final int lastStep;
    private final LearningRun run;
    private final PromptOrder order;
    private final TeacherUsage teacher;
    private final InstructionTable instructions;
    private final GradientStage gradient;
    private Cursor cursor;
    private SupervisedMetrics metrics;
    private final Optional<FormCheck> form;
    private long tokens;
    private Optional<String> formReached;

    /**
     * The steps of a run from its current position.
     *
     * @param section name of the settings
     * @param lastStep the last step of the run
     * @param instructions the data to learn
     * @param order order of the keys
     * @param teacher cost of the teacher models that wrote the instructions
     * @param gradient gradient stage for the model of the run
     * @param form ends the run when its policy writes the form
     */
    SupervisedSteps(
            SparkSession spark,
            String section,
            SupervisedSettings settings,
            int lastStep,
            InstructionTable instructions,
            PromptOrder order,
            TeacherUsage teacher,
            GradientStage gradient,
            Optional<FormCheck> form,
            LearningRun run) {
        this.spark = spark;
        this.section = section;
        this.settings = settings;
        this.lastStep = lastStep;
        this.run = run;
        this.order = order;
        this.teacher = teacher;
        this.instructions = instructions;
        this.gradient = gradient;
        this.cursor = run.cursor();
        this.metrics = new SupervisedMetrics();
        this.form = form;
        Optional<ObjectNode> saved = run.folder().metrics(run.stepsDone());
        this.tokens = saved.map(values -> values.path("num_tokens").asLong()).orElse(0L);
        this.formReached = form.flatMap(check -> saved.flatMap(values ->
                check.reached(Map.of(FormCheck.RATE, values.path(FormCheck.RATE).asDouble()))));
    }

    /**
     * Runs the next step, and saves it if it is a step to save.
     *
     * @return a summary for people
     */
    String next() {
        int step = run.stepsDone() + 1;
        Stopwatch watch = new Stopwatch();
        say(step, "instructions");
        PromptOrder.Step batch = order.at(cursor);
        List<EncodedInstruction> examples = instructions.fetch(batch.rowIds(), order.ahead(batch.first(), ROWS_AHEAD));
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
        if (settings.saves(step, lastStep)) {
            say(step, "validation");
            Map<String, Object> values = metrics.values(step, tokens, order.distinctBefore(cursor), teacher);
            form.ifPresent(check -> values.putAll(check.metrics(step, lastStep, run.policy())));
            formReached = form.flatMap(check -> check.reached(values));
            run.save(cursor, values, List.of());
            metrics = new SupervisedMetrics();
        }
        return String.format(Locale.ROOT, "loss %.4f", sum.statistics().loss());
    }

    /** Why the run ends because its policy writes the form; empty when it goes on. */
    Optional<String> formReached() {
        return formReached;
    }

    private void say(int step, String what) {
        Activity.begin(spark, section + " step " + step, "step %d: %s".formatted(step, what));
    }

    private static List<LearningGroup> groups(List<EncodedInstruction> examples) {
        return IntStream.range(0, examples.size())
                .mapToObj(i -> LearningGroup.supervised(
                        i,
                        examples.get(i).prompt(),
                        examples.get(i).completion(),
                        examples.get(i).weight()))
                .toList();
    }

    private GradientRequest request(List<EncodedInstruction> examples) {
        double completionTokens = examples.stream()
                .mapToDouble(EncodedInstruction::weightedTokens)
                .sum();
        return new GradientRequest(
                run.policy(), settings.model(), settings.microBatch(), new SupervisedLoss(completionTokens));
    }

    private static long tokens(List<EncodedInstruction> examples) {
        return examples.stream()
                .mapToLong(example -> example.prompt().length + example.completion().length)
                .sum();
    }
}
