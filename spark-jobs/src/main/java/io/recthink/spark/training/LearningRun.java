package io.recthink.spark.training;

import io.recthink.BuildInformation;
import io.recthink.InvalidInputException;
import io.recthink.learn.LearningRate;
import io.recthink.learn.ParameterVector;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.policy.TaskDevice;
import io.recthink.spark.run.Best;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunDescription;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.run.RunWriter;
import io.recthink.spark.run.RunWriter.PublishedPolicy;
import io.recthink.spark.run.Stop;
import io.recthink.spark.tracking.Trackers;
import io.recthink.torch.TorchRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The course of a run: it begins or resumes, then applies one optimizer step after the other. Each step publishes its
 * policy. A run can be resumed from a saved step. The optimizer state and the manifest are written in the background,
 * while the next step samples and computes its gradient. For one thread of the driver.
 */
public final class LearningRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LearningRun.class);

    private final SparkSession spark;
    private final RunSettings settings;
    private final Optional<? extends Validation> validation;
    private final RunWriter writer;
    private final RunFolder folder;
    private final TreeSet<Integer> kept = new TreeSet<>();
    private Learner learner;
    private Manifest saved;
    private PolicyReference reference;
    private PolicyReference policy;
    private List<FileEntry> published = List.of();
    private final BackgroundSaving saving = new BackgroundSaving();
    private Trackers trackers;

    private LearningRun(
            SparkSession spark, RunSettings settings, Optional<? extends Validation> validation, RunWriter writer) {
        this.spark = spark;
        this.settings = settings;
        this.validation = validation;
        this.writer = writer;
        this.folder = writer.folder();
    }

    /**
     * Begins or resumes a run.
     *
     * @param validation finds the best policy; empty when the settings ask for no validation
     * @param resume whether to continue an existing run
     * @throws InvalidInputException when the folder cannot be used, or the run began with other inputs
     */
    public static LearningRun open(
            SparkSession spark, RunSettings settings, Optional<? extends Validation> validation, boolean resume) {
        RunWriter writer = RunWriter.open(
                settings.key(), settings.path(), spark.sparkContext().hadoopConfiguration(), resume);
        try {
            LearningRun run = new LearningRun(spark, settings, validation, writer);
            Optional<Manifest> newest = writer.newest();
            if (newest.isPresent()) {
                run.resume(newest.get());
            } else {
                run.begin();
            }
            run.trackers = Trackers.of(
                    settings.record().tracking(),
                    run.folder,
                    settings.record().name(),
                    settings.record().sections(),
                    run.stepsDone(),
                    settings.steps());
            return run;
        } catch (Throwable e) { // Spark throws checked exceptions that its signatures do not declare
            writer.close();
            throw e;
        }
    }

    private void begin() {
        learner = Learner.start(settings.start(), settings.optimizer());
        String digest = ModelDigest.of(settings.start().localize());
        writer.begin(description(digest), settings.record().yaml());
        publishPolicy(0);
        reference = policy.model();
        Map<String, Object> metrics = new LinkedHashMap<>(Map.of("step", 0));
        Best best = validate(0, metrics);
        List<FileEntry> files = new ArrayList<>(published);
        if (best != null) {
            files.add(writer.writeMetrics(0, metrics));
        }
        saved = new Manifest(0, PolicyVersion.of(policy), null, Cursor.START, best, files);
        writer.complete(saved);
        kept.add(0);
        LOG.info("{} begins from {}", folder.path(), settings.start().path());
    }

    private void resume(Manifest newest) {
        refuseChanges();
        saved = newest;
        StartModel model = settings.start();
        learner = newest.step() == 0
                ? Learner.start(model, settings.optimizer())
                : writer.readOptimizer(newest.step(), state -> Learner.resume(model, state, settings.optimizer()));
        policy = learner.policy(spark, published(newest));
        refuseAnotherBase(newest.policyVersion());
        // The starting policy is never removed.
        reference = policy.adapter() == null ? published(folder.required(0)) : policy.model();
        folder.manifests().forEach(manifest -> kept.add(manifest.step()));
        leaving().forEach(writer::forget);
        LOG.info("{} continues after step {}", folder.path(), newest.step());
    }

    private void refuseChanges() {
        RunDescription begun = folder.description();
        Path start = settings.start().localize();
        boolean sameStart = ModelDigest.is(begun.startSha256(), start);
        new ResumeCheck(settings.key(), folder.path())
                .same("job", begun.job(), settings.job())
                .same("start model", begun.startSha256(), sameStart ? begun.startSha256() : ModelDigest.of(start))
                .same("data", begun.dataSha256(), settings.dataSha256())
                .same(folder.configuration(), settings.record())
                .refuseChanges();
    }

    /** An adapter made by another program may name its base model without the hash of its weights. */
    private void refuseAnotherBase(PolicyVersion begun) {
        PolicyVersion now = PolicyVersion.of(policy);
        ResumeCheck check = new ResumeCheck(settings.key(), folder.path())
                .same("weights of the base model", baseSha256(begun), baseSha256(now));
        if (begun.base() != null && begun.base().digest() != null) {
            check.same(
                    "configuration, tokenizer and template of the base model",
                    begun.base().digest(),
                    now.base() == null ? "" : now.base().digest());
        }
        check.refuseChanges();
    }

    private static String baseSha256(PolicyVersion version) {
        return version.base() == null ? "" : version.base().sha256();
    }

    private PolicyReference published(Manifest manifest) {
        return folder.reference(manifest);
    }

    private RunDescription description(String startSha256) {
        BuildInformation build = BuildInformation.current();
        return new RunDescription(
                settings.record().name() + "-" + settings.job() + "-" + UUID.randomUUID(),
                settings.job(),
                build.version(),
                build.revision(),
                spark.version(),
                TorchRuntime.djlVersion(),
                TorchRuntime.version(),
                TaskDevice.typeOf(spark.sparkContext().conf()),
                spark.sparkContext().defaultParallelism(),
                settings.record().seed(),
                settings.start().path(),
                startSha256,
                settings.dataSha256(),
                now());
    }

    /** The number of steps; 0 after the starting policy. */
    public int stepsDone() {
        return policy.number();
    }

    /** Whether there are steps left and the validation does not stop the run before them. */
    public boolean hasNext() {
        return stepsDone() < settings.steps() && stop().isEmpty();
    }

    /** The position of the first example after the last saved step. */
    public Cursor cursor() {
        return saved.cursor();
    }

    /** The current policy. */
    public PolicyReference policy() {
        return policy;
    }

    /**
     * The reference model of the KL term, with the configuration and tokenizer of all policies. It is the starting
     * policy. For adapters it is the base model, which is the policy without its adapter.
     */
    public PolicyReference reference() {
        return reference;
    }

    /**
     * The reason why the run stops before its last step: {@code patience} validations without a better policy.
     * Otherwise empty.
     */
    public Optional<String> stop() {
        Best best = saved.best();
        boolean stops = settings.validation().isOver(best, saved.step()) && saved.step() < settings.steps();
        return stops
                ? Optional.of("no policy was better than the policy of step %d (%s) in %d validations"
                        .formatted(
                                best.step(), best.value(), settings.validation().patience()))
                : Optional.empty();
    }

    /**
     * Records that the run stops after the last step.
     *
     * @param reason in words
     */
    public void recordStop(String reason) {
        writer.recordStop(new Stop(stepsDone(), reason, now()));
        trackers.stopped(reason);
    }

    /** Removes the record of an earlier stop when the run continues. */
    public void forgetStop() {
        writer.forgetStop();
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The best policy on validation so far. */
    public Optional<Best> best() {
        return Optional.ofNullable(saved.best());
    }

    /** Ends the run: prints which policy was chosen by validations, and warns when it is not usable. */
    public void end() {
        saving.await();
        Best best = saved.best();
        int chosen = best == null ? saved.step() : best.step();
        trackers.ended(chosen, folder.table(chosen, "policy"));
        if (best == null) {
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "Chosen on validation: step %d (%s%s). %s@STEP names the policy of another step.%n",
                best.step(),
                best.value(),
                best.failures() == null ? "" : ", %.1f %% of the answers unreadable".formatted(100 * best.failures()),
                folder.path());
        if (best.fails(settings.validation().maxFailed())) {
            System.out.printf(
                    "WARNING: every validated policy leaves more than validation.maxFailed %s of the answers unreadable,"
                            + " also the chosen policy. Its error is the error of the bias model, which replaces unreadable"
                            + " answers.%n",
                    settings.validation().maxFailed());
        }
        if (best.step() == 0 && settings.steps() > 0) {
            System.out.println("WARNING: the chosen policy is step 0, the policy that this run began with: no step of"
                    + " the training was better on validation.");
        }
    }

    /** The run for readers. */
    public RunFolder folder() {
        return folder;
    }

    /**
     * Applies the gradient of the next step; {@link #publish} must follow.
     *
     * @return the gradient norm before clipping, and the learning rate
     */
    public Update learn(ParameterVector gradient) {
        saving.await();
        double learningRate = LearningRate.at(settings.optimizer(), stepsDone() + 1, settings.steps());
        return new Update(learner.step(gradient, learningRate), learningRate);
    }

    /**
     * The learner's update.
     *
     * @param gradientNorm before clipping
     * @param learningRate learning rate of the step
     */
    public record Update(double gradientNorm, double learningRate) {}

    /** Publishes the policy after {@link #learn}; then tasks can load it. */
    public void publish() {
        int step = stepsDone() + 1;
        publishPolicy(step);
        if (step - 1 > saved.step()) {
            writer.removeIncomplete(step - 1);
        }
    }

    /**
     * Saves the published step: validates it if the validation is due, and writes its metrics. A background task writes
     * its optimizer and its manifest before the next {@link #learn} changes the optimizer, and then removes the
     * policies that are not kept.
     *
     * @param next position of the first example of the next step
     * @param metrics metrics of the step; the validation adds its metrics
     * @param tables tables that Spark wrote to the folder of the step
     */
    public void save(Cursor next, Map<String, Object> metrics, List<String> tables) {
        int step = stepsDone();
        Best best = validate(step, metrics);
        List<FileEntry> files = new ArrayList<>(published);
        tables.forEach(table -> files.addAll(writer.tableFiles(step, table)));
        files.add(writer.writeMetrics(step, metrics));
        PolicyVersion parent = saved.policyVersion();
        saved = new Manifest(step, PolicyVersion.of(policy), parent.sha256(), next, best, files);
        kept.add(step);
        saving.begin(step, inBackground(saved, leaving()));
        trackers.saved(step, metrics);
    }

    private Runnable inBackground(Manifest manifest, List<Integer> leaving) {
        return () -> {
            List<FileEntry> optimizer = writer.publishOptimizer(manifest.step(), learner::writeOptimizer);
            writer.complete(manifest.with(optimizer));
            leaving.forEach(writer::forget);
        };
    }

    @Override
    public void close() {
        try {
            saving.close();
        } finally {
            try {
                policy.discard();
            } finally {
                try {
                    writer.close();
                } finally {
                    trackers.close();
                }
            }
        }
    }

    private void publishPolicy(int step) {
        PublishedPolicy written = writer.publishPolicy(step, local -> {
            learner.writePolicy(local);
            settings.terms().ifPresent(terms -> write(terms, local));
        });
        Optional.ofNullable(policy).ifPresent(PolicyReference::discard);
        policy = learner.policy(spark, written.policy());
        published = written.files();
    }

    private static void write(PolicyTerms terms, Path policy) {
        try {
            Files.writeString(policy.resolve(PolicyTerms.FILE), terms.toJson());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The best policy including this step, after its validation if that is due; null before the first validation. */
    private Best validate(int step, Map<String, Object> metrics) {
        Best before = saved == null ? null : saved.best();
        if (validation.isEmpty() || !settings.validation().isDue(step, settings.steps())) {
            return before;
        }
        Validation.Outcome outcome = validation.get().of(policy, folder.predictions(step));
        metrics.putAll(outcome.metrics());
        Best now = outcome.at(step);
        return before == null ? now : before.orBetter(now, settings.validation().maxFailed());
    }

    /** Selects the steps whose policies are removed, and no longer counts them as kept. */
    private List<Integer> leaving() {
        List<Integer> leaving = settings.retention()
                .leaving(
                        kept,
                        saved.best() == null
                                ? OptionalInt.empty()
                                : OptionalInt.of(saved.best().step()));
        kept.removeAll(leaving);
        return leaving;
    }
}
