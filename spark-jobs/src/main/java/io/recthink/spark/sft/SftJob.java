package io.recthink.spark.sft;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.generate.RolloutSettings;
import io.recthink.learn.Schedule;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraSettings;
import io.recthink.model.ModelSettings;
import io.recthink.prompt.PolicyTerms;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.completion.PromptEncoding;
import io.recthink.spark.files.Digest;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.IdleGpus;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.RunWriter;
import io.recthink.spark.sft.SupervisedRequest.Place;
import io.recthink.spark.sft.SupervisedValidation.HeldOutShare;
import io.recthink.spark.sft.SupervisedValidation.Ratings;
import io.recthink.spark.table.Instructions;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.TeacherUsage;
import io.recthink.spark.table.ValidationSettings;
import io.recthink.spark.training.ConfigurationRecord;
import io.recthink.spark.training.PolicyValidation;
import io.recthink.spark.training.Retention;
import io.recthink.spark.training.SeenRows;
import io.recthink.spark.training.StartModel;
import io.recthink.spark.training.StepSession;
import io.recthink.teacher.ColdStartSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code sft}: the supervised warm start, a {@link SupervisedRun} in which the model imitates traces.
 *
 * <p>Reads the sections {@code sft}, {@code prompt}, {@code model} and {@code lora}; for its validations also
 * {@code rollout}, {@code predict} and {@code validation}; the key {@code seed}; and the folders {@code paths.data},
 * {@code paths.traces} and {@code paths.model}. Writes the run folder {@code paths.warmStart}, see
 * {@code run.RunFolder}.
 */
public final class SftJob implements Job {
    private static final List<String> FIXED = List.of("seed", "prompt", "model", "lora", "sft", "validation");

    private static final String WARM_START = "paths.warmStart";

    private final boolean resume;

    /** @param resume whether to continue the run in the folder */
    public SftJob(boolean resume) {
        this.resume = resume;
    }

    @Override
    public Map<String, String> sparkDefaults() {
        return StepSession.SPARK_DEFAULTS;
    }

    @Override
    public void execute(SparkSession spark, Configuration given) {
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        RunWriter.refuseUnusable(WARM_START, given.paths().resolve(given.paths().warmStart()), hadoop, resume);
        Activity.begin(spark, "sft", "sft: traces and model to start from");
        IdleGpus.warn(spark);
        Configuration settled = CommonComputeType.settle(spark, given);
        StartModel start =
                settings(settled).start(settled.paths().resolve(settled.paths().model()), hadoop);
        Optional<PolicyTerms> startTerms = start.terms(hadoop);
        Configuration configuration = startTerms
                .map(terms -> terms.applyPromptTo(settled, start.path()))
                .orElse(settled);
        String folder = configuration.paths().resolve(configuration.paths().data());
        PreparedData data = PreparedData.read(spark, folder);
        StepSession.prepare(spark, configuration.get(SftSettings.class).partitions());
        Instructions instructions = instructions(spark, configuration, data, folder, start);
        String seenUntil = SeenRows.until(
                PreparedData.examples(spark, folder),
                col("split")
                        .equalTo("train")
                        .and(col("pool")
                                .equalTo(configuration
                                        .get(ColdStartSettings.class)
                                        .pool()
                                        .label())),
                configuration.get(SftSettings.class).validationEvery() > 0
                        || configuration.get(SftSettings.class).form().isOn(),
                startTerms);
        PolicyTerms terms = PolicyTerms.of(configuration, data.minRating(), data.maxRating(), seenUntil)
                .withoutLength();
        Optional<PolicyValidation> ratings = ratings(spark, configuration, data, folder);
        FormSettings form = configuration.get(SftSettings.class).form();
        Optional<ValidationSamples> samples = form.isOn()
                ? Optional.of(ValidationSamples.of(spark, configuration, data, folder, form))
                : Optional.empty();
        try {
            SupervisedRun.of(
                    spark,
                    request(
                            configuration,
                            start,
                            instructions,
                            terms,
                            ratings,
                            samples.map(drawn -> FormCheck.of(form, drawn))));
        } finally {
            ratings.ifPresent(PolicyValidation::close);
            samples.ifPresent(ValidationSamples::close);
        }
    }

    /**
     * The traces as instructions. Refuses traces that the model cannot learn; the message names the settings that help.
     */
    private static Instructions instructions(
            SparkSession spark, Configuration configuration, PreparedData data, String folder, StartModel start) {
        Paths paths = configuration.paths();
        Dataset<Row> traces = TraceTable.read(spark, paths.resolve(paths.traces()), folder);
        List<String> keys = TraceTable.keys(traces);
        if (keys.isEmpty()) {
            throw new InvalidInputException(
                    "paths.traces: %s has no trace of an example in %s. Run cold-start on this data."
                            .formatted(paths.resolve(paths.traces()), folder));
        }
        if (configuration.get(SftSettings.class).validationEvery() > 0) {
            new ContextRoom(start.config().maxPositions())
                    .require(
                            configuration.get(PromptSettings.class).maxTokens(),
                            configuration.get(RolloutSettings.class).maxTokens());
        }
        TraceRoom.require(traces, start.model(), configuration.get(PromptSettings.class), data);
        AskedPolicy.check(start.model(), configuration, data);
        PromptEncoding encoding = PromptEncoding.of(
                start.asked(spark.sparkContext().hadoopConfiguration()), configuration.get(PromptSettings.class), data);
        return new Instructions(
                TraceTable.instructions(traces, encoding),
                "table of traces (paths.traces)",
                Digest.of(data.sha256(), keys),
                TeacherUsage.ofTables(
                        "paths.traces",
                        paths.resolve(paths.traces()),
                        spark.sparkContext().hadoopConfiguration()));
    }

    private static Optional<PolicyValidation> ratings(
            SparkSession spark, Configuration configuration, PreparedData data, String folder) {
        return configuration.get(SftSettings.class).validationEvery() == 0
                ? Optional.empty()
                : Optional.of(PolicyValidation.of(spark, WARM_START, configuration, data, folder));
    }

    private SupervisedRequest request(
            Configuration configuration,
            StartModel start,
            Instructions instructions,
            PolicyTerms terms,
            Optional<PolicyValidation> ratings,
            Optional<FormCheck> form) {
        Paths paths = configuration.paths();
        return new SupervisedRequest(
                new Place("sft", WARM_START, paths.resolve(paths.warmStart()), resume),
                start,
                instructions,
                settings(configuration),
                validation(configuration, ratings),
                new ConfigurationRecord(configuration, FIXED, free(configuration.get(SftSettings.class))),
                Optional.of(terms),
                form);
    }

    private static SupervisedSettings settings(Configuration configuration) {
        SftSettings sft = configuration.get(SftSettings.class);
        return new SupervisedSettings(
                configuration.seed(),
                sft.epochs() > 0 ? new Length.Epochs(sft.epochs()) : new Length.Steps(sft.steps()),
                sft.batchSize(),
                sft.microBatch(),
                sft.partitions(),
                sft.saveEvery(),
                Retention.newest(sft.keepLast()),
                sft.optimizer(),
                configuration.get(ModelSettings.class),
                LoraConfig.of(configuration.get(LoraSettings.class)),
                configuration.get(PromptSettings.class).template());
    }

    private static SupervisedValidation validation(Configuration configuration, Optional<PolicyValidation> ratings) {
        SftSettings sft = configuration.get(SftSettings.class);
        if (sft.validation().share() > 0) {
            return new SupervisedValidation(
                    new HeldOutShare(sft.validation().share()), sft.validation().every(), sft.patience());
        }
        double maxFailed = configuration.get(ValidationSettings.class).maxFailed();
        return ratings.map(made ->
                        new SupervisedValidation(new Ratings(made, maxFailed), sft.validationEvery(), sft.patience()))
                .orElse(SupervisedValidation.NONE);
    }

    // Another number of steps changes the learning rate of every step, except when it is constant.
    private static List<String> free(SftSettings sft) {
        List<String> free = new ArrayList<>(List.of(
                "sft.keepLast",
                "sft.patience",
                "sft.form.stopAt",
                "validation.every",
                "validation.maxFailed",
                "prompt.source"));
        if (sft.optimizer().schedule() == Schedule.CONSTANT) {
            free.addAll(List.of("sft.steps", "sft.epochs"));
        }
        return free;
    }
}
