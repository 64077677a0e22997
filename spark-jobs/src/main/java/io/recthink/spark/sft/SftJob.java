package io.recthink.spark.sft;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Configuration.Schedule;
import io.recthink.progress.Progress;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.files.Digest;
import io.recthink.spark.gradient.GradientStage;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.IdleGpus;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.RunWriter;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.training.LearningRun;
import io.recthink.spark.training.PolicyValidation;
import io.recthink.spark.training.RunSettings;
import io.recthink.spark.training.SeenRows;
import io.recthink.spark.training.StartModel;
import io.recthink.spark.training.StepSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The supervised warm start: the model imitates traces. Gradients are computed by tasks and applied by the driver's learner
 * exactly as in {@code train}; the batches walk through the traces in a shuffled order that the seed fixes. Every step publishes
 * its policy for the tasks; every {@code sft.saveEvery} steps one is saved, with the means of the metrics since the one before.
 */
public final class SftJob implements Job {
    private static final List<String> FIXED = List.of("seed", "prompt", "model", "lora", "sft", "validation");

    private final boolean resume;

    /** @param resume whether to go on with the run in the folder */
    public SftJob(boolean resume) {
        this.resume = resume;
    }

    @Override
    public Map<String, String> sparkDefaults() {
        return StepSession.SPARK_DEFAULTS;
    }

    @Override
    public void execute(SparkSession spark, Configuration given) {
        RunWriter.refuseUnusable(
                given.paths().resolve(given.paths().warmStart()),
                spark.sparkContext().hadoopConfiguration(),
                resume);
        Activity.begin(spark, "sft", "sft: traces and model to start from");
        IdleGpus.warn(spark);
        Configuration settled = CommonComputeType.settle(spark, given);
        StartModel start = StartModel.at(
                settled.paths().resolve(settled.paths().model()),
                settled,
                spark.sparkContext().hadoopConfiguration());
        Optional<PolicyTerms> startTerms = start.terms(spark.sparkContext().hadoopConfiguration());
        Configuration configuration = startTerms
                .map(terms -> terms.applyPromptTo(settled, start.path()))
                .orElse(settled);
        Configuration.Paths paths = configuration.paths();
        String folder = paths.resolve(paths.data());
        PreparedData data = PreparedData.read(spark, folder);
        StepSession.prepare(spark, configuration.sft().partitions());
        Dataset<Row> traces = TraceTable.read(spark, paths.resolve(paths.traces()), folder);
        List<String> keys = TraceTable.keys(traces);
        if (keys.isEmpty()) {
            throw new InvalidInputException(
                    "paths.traces: %s has no trace of an example in %s. Run cold-start on this data."
                            .formatted(paths.resolve(paths.traces()), folder));
        }
        String seenUntil = SeenRows.until(
                PreparedData.examples(spark, folder),
                col("split").equalTo("train").and(col("pool").equalTo("coldStart")),
                configuration.sft().validationEvery() > 0,
                startTerms);
        RunSettings settings = settings(
                configuration,
                Digest.of(data.sha256(), keys),
                start,
                PolicyTerms.of(configuration, data.minRating(), data.maxRating(), seenUntil)
                        .withoutLength());
        if (settings.validateEvery() > 0) {
            new ContextRoom(start.config().maxPositions())
                    .require(
                            configuration.prompt().maxTokens(),
                            configuration.rollout().maxTokens());
        }
        TraceRoom.require(traces, start.model(), configuration.prompt(), data);
        PromptOrder order = new PromptOrder(
                configuration.seed(), keys, configuration.sft().batchSize(), "table of traces (paths.traces)");
        GradientStage gradient = new GradientStage(
                spark, configuration.sft().partitions(), settings.start().layout());
        AskedPolicy.check(start.model(), configuration, data);
        int endToken =
                EndToken.of(settings.start().model(), configuration.prompt().template());
        Optional<PolicyValidation> validation = settings.validateEvery() == 0
                ? Optional.empty()
                : Optional.of(PolicyValidation.of(spark, configuration, data, PreparedData.examples(spark, folder)));
        try (LearningRun run = LearningRun.open(spark, configuration, settings, validation, resume);
                TraceTable table = new TraceTable(
                        traces, PromptEncoding.of(run.reference(), configuration.prompt(), data), endToken)) {
            SftSteps steps = new SftSteps(spark, configuration, table, order, gradient, run);
            Progress progress = new Progress("sft", run.stepsDone(), settings.steps());
            while (run.hasNext()) {
                String summary = steps.next();
                progress.done(run.stepsDone(), summary);
            }
            run.sayChosen();
        } finally {
            validation.ifPresent(PolicyValidation::close);
        }
    }

    private static RunSettings settings(
            Configuration configuration, String dataSha256, StartModel start, PolicyTerms terms) {
        Configuration.Paths paths = configuration.paths();
        Configuration.Sft sft = configuration.sft();
        return new RunSettings(
                "sft",
                paths.resolve(paths.warmStart()),
                start,
                terms,
                dataSha256,
                sft.steps(),
                sft.optimizer(),
                sft.keepLast(),
                0,
                sft.validationEvery(),
                configuration.validation().maxFailed(),
                FIXED,
                free(sft));
    }

    // Another number of steps changes the learning rate of every step, except where it is constant.
    private static List<String> free(Configuration.Sft sft) {
        List<String> free =
                new ArrayList<>(List.of("sft.keepLast", "validation.every", "validation.maxFailed", "prompt.source"));
        if (sft.optimizer().schedule() == Schedule.CONSTANT) {
            free.add("sft.steps");
        }
        return free;
    }
}
