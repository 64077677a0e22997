package io.recthink.spark.train;

import static org.apache.spark.sql.functions.col;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.generate.RolloutSettings;
import io.recthink.learn.Schedule;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraSettings;
import io.recthink.model.ModelConfig;
import io.recthink.model.ModelSettings;
import io.recthink.progress.Progress;
import io.recthink.prompt.PolicyTerms;
import io.recthink.prompt.PromptSettings;
import io.recthink.prompt.PromptTemplate;
import io.recthink.reward.RewardSettings;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.completion.ContextRoom;
import io.recthink.spark.gradient.GradientStage;
import io.recthink.spark.policy.CommonComputeType;
import io.recthink.spark.policy.IdleGpus;
import io.recthink.spark.policy.PolicyFolder;
import io.recthink.spark.rollout.PromptOrder;
import io.recthink.spark.run.AskedPolicy;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.run.RunWriter;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.ValidationSettings;
import io.recthink.spark.training.ConfigurationRecord;
import io.recthink.spark.training.LearningRun;
import io.recthink.spark.training.PolicyValidation;
import io.recthink.spark.training.Retention;
import io.recthink.spark.training.RunSettings;
import io.recthink.spark.training.SeenRows;
import io.recthink.spark.training.StartModel;
import io.recthink.spark.training.StepSession;
import io.recthink.spark.training.ValidationSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code train}: trains a policy by GRPO. Each step samples completions for some prompts, scores them, computes the
 * gradient of the loss, and publishes a new version of the policy:
 *
 * <pre>
 * rollout    G completions a prompt on the executors      step-N/rollouts   written, then read
 * score      rewards and group advantages                 step-N/scored
 * gradient   live groups on the executors, summed by a shuffle
 * learn      clip and AdamW on the driver
 * publish    policy, optimizer, metrics, manifest         step-N            the step is complete
 * </pre>
 *
 * The loss is defined in RecZero section 2.2 (GRPO, Shao et al. 2024), with one update for each batch of rollouts.
 *
 * <p>Reads the sections {@code train}, {@code prompt}, {@code rollout}, {@code reward}, {@code model}, {@code lora},
 * {@code validation} and {@code predict} (for validations); the key {@code seed}; the folder {@code paths.data}; and
 * the policy that {@code train.start} names. Writes the run folder {@code paths.run}, see {@code run.RunFolder}.
 */
public final class TrainJob implements Job {
    private static final List<String> FIXED =
            List.of("seed", "prompt", "model", "lora", "rollout", "reward", "train", "validation");
    private static final List<String> FREE = List.of(
            "train.keep", "train.guards", "train.start", "validation.every", "validation.maxFailed", "prompt.source");

    private static final String RUN = "paths.run";
    private static final double MIB = 1 << 20;

    private final boolean resume;

    /** @param resume whether to continue the run in the folder */
    public TrainJob(boolean resume) {
        this.resume = resume;
    }

    @Override
    public Map<String, String> sparkDefaults() {
        return StepSession.SPARK_DEFAULTS;
    }

    @Override
    public void execute(SparkSession spark, Configuration given) {
        RunWriter.refuseUnusable(
                RUN,
                given.paths().resolve(given.paths().run()),
                spark.sparkContext().hadoopConfiguration(),
                resume);
        Activity.begin(spark, "train", "train: rows and policy to start from");
        IdleGpus.warn(spark);
        Configuration settled = CommonComputeType.settle(spark, given);
        StartModel start = start(spark, settled);
        Optional<PolicyTerms> startTerms = start.terms(spark.sparkContext().hadoopConfiguration());
        String folder = settled.paths().resolve(settled.paths().data());
        PreparedData data = PreparedData.read(spark, folder);
        Configuration asking = startTerms
                .map(terms -> terms.applyPromptTo(settled, start.path()))
                .orElse(settled);
        Configuration configuration =
                asking.with(asking.get(RewardSettings.class).withScale(data.minRating(), data.maxRating()));
        refuseMarksNotAskedFor(configuration, data);
        StepSession.prepare(spark, configuration.get(TrainSettings.class).partitions());
        Dataset<Row> examples = PreparedData.examples(spark, folder);
        Column trained = col("split").equalTo("train").and(col("pool").equalTo("rl"));
        Dataset<Row> pool = examples.filter(trained);
        String seenUntil = SeenRows.until(
                examples, trained, configuration.get(ValidationSettings.class).every() > 0, startTerms);
        RunSettings settings = settings(
                configuration,
                data,
                start,
                PolicyTerms.of(configuration, data.minRating(), data.maxRating(), seenUntil));
        ModelConfig model = settings.start().config();
        new ContextRoom(model.maxPositions())
                .require(
                        configuration.get(PromptSettings.class).maxTokens(),
                        configuration.get(RolloutSettings.class).maxTokens());
        String assistantStart = AskedPolicy.check(start.model(), configuration, data);
        refuseLargeStep(configuration);
        PromptOrder order = order(configuration, pool);
        GradientStage gradient = new GradientStage(
                spark,
                configuration.get(TrainSettings.class).partitions(),
                settings.start().layout());
        Optional<PolicyValidation> validation =
                configuration.get(ValidationSettings.class).every() == 0
                        ? Optional.empty()
                        : Optional.of(PolicyValidation.of(spark, RUN, configuration, data, folder));
        try (LearningRun run = LearningRun.open(spark, settings, validation, resume);
                GrpoSteps steps =
                        new GrpoSteps(spark, configuration, data, assistantStart, pool, order, gradient, run)) {
            steps.refuseToGoOn();
            run.forgetStop();
            Progress progress = new Progress("train", run.stepsDone(), settings.steps());
            while (run.hasNext()) {
                String summary = steps.next();
                progress.done(run.stepsDone(), summary);
                steps.refuseToGoOn();
            }
            run.end();
        } finally {
            validation.ifPresent(PolicyValidation::close);
        }
    }

    /** Refuses a reward for marks that the policy cannot know of. */
    private static void refuseMarksNotAskedFor(Configuration configuration, PreparedData data) {
        PromptSettings prompt = configuration.get(PromptSettings.class);
        if (configuration.get(RewardSettings.class).marks()
                && !new PromptTemplate(prompt, data.minRating(), data.maxRating()).asksForMarks()) {
            throw new InvalidInputException(
                    "reward.marks=true demands the marks [like], [dislike], [pos] and [neg] in an answer of four steps, but the prompt does not ask for them. Set prompt.think=four-steps and prompt.layout=skeleton, or name the marks in prompt.system, or set reward.marks=false.");
        }
    }

    /**
     * Refuses a step that needs more than a quarter of the driver's heap: the driver collects the tokens of all prompts
     * and completions, and a log-probability for each completion token.
     */
    private static void refuseLargeStep(Configuration configuration) {
        TrainSettings train = configuration.get(TrainSettings.class);
        int completion = configuration.get(RolloutSettings.class).maxTokens();
        double step = (1.0 + train.dynamicSampling())
                * train.promptsPerStep()
                * (4.0 * configuration.get(PromptSettings.class).maxTokens() + 8.0 * train.groupSize() * completion)
                / MIB;
        double heap = Runtime.getRuntime().maxMemory() / MIB;
        if (step > heap / 4) {
            throw new InvalidInputException(
                    "A step of train.promptsPerStep %d prompts with train.groupSize %d completions of up to rollout.maxTokens %d tokens%s takes %.0f MiB on the driver, which has %.0f MiB of heap. Lower one of them, or start with --driver-memory %.0fm."
                            .formatted(
                                    train.promptsPerStep(),
                                    train.groupSize(),
                                    completion,
                                    train.dynamicSampling() == 0
                                            ? ""
                                            : ", sampled up to %d times (train.dynamicSampling),"
                                                    .formatted(1 + train.dynamicSampling()),
                                    step,
                                    heap,
                                    Math.ceil(5 * step)));
        }
    }

    /**
     * The driver keeps the row ids of the pool, and with balanced prompts their ratings. {@code prepare.pools.rl}
     * limits their number, however long the log is.
     */
    private static PromptOrder order(Configuration configuration, Dataset<Row> pool) {
        TrainSettings train = configuration.get(TrainSettings.class);
        String name = "pool rl of paths.data";
        return switch (train.prompts()) {
            case AS_IS ->
                new PromptOrder(
                        configuration.seed(),
                        pool.select("rowId").as(Encoders.STRING()).collectAsList(),
                        train.promptsPerStep(),
                        name);
            case BALANCED -> PromptOrder.balanced(configuration.seed(), truths(pool), train.promptsPerStep(), name);
        };
    }

    private static Map<String, Double> truths(Dataset<Row> pool) {
        return pool.select("rowId", "truth").collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getString(0), row -> row.getDouble(1)));
    }

    private static RunSettings settings(
            Configuration configuration, PreparedData data, StartModel start, PolicyTerms terms) {
        Paths paths = configuration.paths();
        TrainSettings train = configuration.get(TrainSettings.class);
        return new RunSettings(
                "train",
                RUN,
                paths.resolve(paths.run()),
                new ConfigurationRecord(configuration, FIXED, free(train)),
                start,
                Optional.of(terms),
                data.sha256(),
                train.steps(),
                train.optimizer(),
                new Retention(train.keep().last(), train.keep().every()),
                new ValidationSchedule(
                        configuration.get(ValidationSettings.class).every(),
                        0,
                        configuration.get(ValidationSettings.class).maxFailed()));
    }

    // Another number of steps changes the learning rate of every step, except when it is constant.
    private static List<String> free(TrainSettings train) {
        List<String> free = new ArrayList<>(FREE);
        if (train.optimizer().schedule() == Schedule.CONSTANT) {
            free.add("train.steps");
        }
        return free;
    }

    private static StartModel start(SparkSession spark, Configuration configuration) {
        org.apache.hadoop.conf.Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        return StartModel.at(
                startPath(configuration, hadoop),
                LoraConfig.of(configuration.get(LoraSettings.class)),
                configuration.seed(),
                configuration.get(ModelSettings.class).dtype(),
                hadoop);
    }

    /** The folder of the policy that {@code train.start} names. */
    public static String startPath(Configuration configuration, org.apache.hadoop.conf.Configuration hadoop) {
        Paths paths = configuration.paths();
        String start = configuration.get(TrainSettings.class).start();
        return switch (start) {
            case "warm-start" -> StartModel.bestOf(paths.resolve(paths.warmStart()), hadoop);
            case "model" -> paths.resolve(paths.model());
            default -> named(paths.resolve(start), hadoop);
        };
    }

    /** The folder of a policy, from its own path or from the name of a run or {@code run@step}. */
    private static String named(String path, org.apache.hadoop.conf.Configuration hadoop) {
        return PolicyFolder.at(path, hadoop).exists()
                ? path
                : PolicyArgument.find("train.start", path, hadoop).folder().path();
    }
}
