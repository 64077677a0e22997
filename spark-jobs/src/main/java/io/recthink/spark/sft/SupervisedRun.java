package io.recthink.spark.sft;

import io.recthink.InvalidInputException;
import io.recthink.progress.Progress;
import io.recthink.spark.Activity;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.gradient.GradientStage;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.run.RunWriter;
import io.recthink.spark.sft.SupervisedRequest.Place;
import io.recthink.spark.sft.SupervisedValidation.Criterion;
import io.recthink.spark.sft.SupervisedValidation.HeldOutShare;
import io.recthink.spark.sft.SupervisedValidation.HeldOutTable;
import io.recthink.spark.sft.SupervisedValidation.Measure;
import io.recthink.spark.sft.SupervisedValidation.Ratings;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.training.LearningRun;
import io.recthink.spark.training.RunSettings;
import io.recthink.spark.training.StepSession;
import io.recthink.spark.training.Validation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Supervised learning of instructions: the loss contains only the tokens of the completions. Tasks compute the
 * gradients and the driver's learner applies them, as in {@code train}. The batches follow a shuffled order that
 * depends on the seed and the keys. Every step publishes its policy for the tasks. Every {@code saveEvery} steps a
 * policy is saved, with the means of the metrics since the last saved step. A resumed run ends with the same result as
 * a run without interruption.
 */
public final class SupervisedRun {
    private final SparkSession spark;
    private final SupervisedRequest request;
    private final SupervisedSettings settings;
    private final Configuration hadoop;

    private SupervisedRun(SparkSession spark, SupervisedRequest request) {
        this.spark = spark;
        this.request = request;
        this.settings = request.settings();
        this.hadoop = spark.sparkContext().hadoopConfiguration();
    }

    /**
     * Starts or resumes a run.
     *
     * @throws InvalidInputException when the folder or the instructions cannot be used, or the run began with other
     *     inputs
     */
    public static SupervisedResult of(SparkSession spark, SupervisedRequest request) {
        return new SupervisedRun(spark, request).make();
    }

    private SupervisedResult make() {
        Place place = request.place();
        RunWriter.refuseUnusable(place.key(), place.folder(), hadoop, place.resume());
        Activity.begin(spark, place.section(), place.section() + ": instructions");
        StepSession.prepare(spark, settings.partitions());
        GradientStage gradient =
                new GradientStage(spark, settings.partitions(), request.start().layout());
        try (InstructionTable table = table(request.instructions())) {
            List<String> keys = table.keys(room());
            List<String> heldOut = heldOut(keys);
            List<String> learnt = new ArrayList<>(keys);
            learnt.removeAll(new HashSet<>(heldOut));
            PromptOrder order = new PromptOrder(
                    settings.seed(),
                    learnt,
                    settings.batchSize(),
                    request.instructions().name());
            Optional<Validation> validation = validation(table, heldOut);
            RunSettings run = run(settings.length().steps(learnt.size(), settings.batchSize()));
            return make(table, order, gradient, validation, run);
        }
    }

    private SupervisedResult make(
            InstructionTable table,
            PromptOrder order,
            GradientStage gradient,
            Optional<Validation> validation,
            RunSettings asked) {
        int steps;
        Optional<String> stopped;
        try (LearningRun run =
                LearningRun.open(spark, asked, validation, request.place().resume())) {
            SupervisedSteps next = new SupervisedSteps(
                    spark,
                    request.place().section(),
                    settings,
                    asked.steps(),
                    table,
                    order,
                    request.instructions().teacher(),
                    gradient,
                    request.form(),
                    run);
            if (run.hasNext() && next.formReached().isEmpty()) {
                run.forgetStop();
            }
            Progress progress = new Progress(request.place().section(), run.stepsDone(), asked.steps());
            while (run.hasNext() && next.formReached().isEmpty()) {
                String summary = next.next();
                progress.done(run.stepsDone(), summary);
            }
            steps = run.stepsDone();
            stopped = steps < asked.steps() ? next.formReached().or(run::stop) : Optional.empty();
            stopped.ifPresent(reason -> stop(run, reason));
            run.end();
        }
        RunFolder folder = RunFolder.at(request.place().folder(), hadoop);
        return new SupervisedResult(folder.policy(folder.best()), folder.best().step(), steps, stopped);
    }

    private void stop(LearningRun run, String reason) {
        run.recordStop(reason);
        String section = request.place().section();
        System.out.printf(
                "%s stopped after step %d: %s. With another %s.patience or %s.form.stopAt it continues when it is resumed.%n",
                section, run.stepsDone(), reason, section, section);
    }

    private InstructionTable table(Instructions instructions) {
        InstructionEncoding encoding = new InstructionEncoding(
                request.start().asked(hadoop),
                settings.template(),
                EndToken.of(request.start().model(), settings.template()),
                instructions.name());
        return new InstructionTable(instructions, encoding);
    }

    private ContextRoom room() {
        return new ContextRoom(request.start().config().maxPositions());
    }

    private List<String> heldOut(List<String> keys) {
        if (!(request.validation().criterion() instanceof HeldOutShare held)) {
            return List.of();
        }
        List<String> heldOut =
                keys.stream().filter(key -> HeldOut.holds(key, held.share())).toList();
        if (heldOut.isEmpty()) {
            throw new InvalidInputException(
                    "%s.validation.share %s selects no validation row among the %d rows of the %s. Raise it, or set it to 0."
                            .formatted(
                                    request.place().section(),
                                    held.share(),
                                    keys.size(),
                                    request.instructions().name()));
        }
        return heldOut;
    }

    private Optional<Validation> validation(InstructionTable table, List<String> heldOut) {
        Criterion criterion = request.validation().criterion();
        if (criterion instanceof HeldOutShare) {
            return Optional.of(new HeldOutLoss(spark, table.fetch(heldOut, List.of()), settings));
        }
        if (criterion instanceof HeldOutTable held) {
            return Optional.of(lossOn(held.instructions()));
        }
        if (criterion instanceof Measure measure) {
            return Optional.of((policy, path) ->
                    new Validation.Measured(measure.name(), measure.measure().applyAsDouble(policy), measure.larger()));
        }
        return criterion instanceof Ratings ratings ? Optional.of(ratings.validation()) : Optional.empty();
    }

    private Validation lossOn(Instructions instructions) {
        try (InstructionTable table = table(instructions)) {
            List<String> keys = table.keys(room());
            if (keys.isEmpty()) {
                throw new InvalidInputException(
                        "The %s has no row to validate on. Give it one, or leave the validation out."
                                .formatted(instructions.name()));
            }
            return new HeldOutLoss(spark, table.fetch(keys, List.of()), settings);
        }
    }

    private RunSettings run(int steps) {
        return new RunSettings(
                "sft",
                request.place().key(),
                request.place().folder(),
                request.record(),
                request.start(),
                request.terms(),
                request.instructions().sha256(),
                steps,
                settings.optimizer(),
                settings.retention(),
                request.validation().schedule());
    }
}
