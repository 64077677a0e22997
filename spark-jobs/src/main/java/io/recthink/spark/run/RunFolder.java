package io.recthink.spark.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.InvalidInputException;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.LockWatch;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.PolicyDigest;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.policy.PublishedFiles;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Reads a run folder on any Hadoop file system. Only steps with a manifest are complete. {@link RunWriter} writes it.
 *
 * <pre>
 * RUN/run.json, config.yaml
 * RUN/stopped.json                     after a stop by a guard, or by a validation without improvement
 * RUN/step-000012/{rollouts/, scored/, sampled-N/ with dynamic sampling, metrics.json, policy/, optimizer/optimizer.safetensors, manifest.json}
 * RUN/eval/step-000012/predictions/
 * </pre>
 */
public final class RunFolder {
    private static final String EITHER_KEY = "paths.run; of sft paths.warmStart";

    private static final Pattern STEP = Pattern.compile("step-(\\d{6,9})");

    static final String DESCRIPTION = "run.json";
    static final String MANIFEST = "/manifest.json";
    static final String STOP = "stopped.json";

    private final Storage storage;
    private final String key;

    private RunFolder(Storage storage, String key) {
        this.storage = storage;
        this.key = key;
    }

    /**
     * The run folder at a Hadoop path.
     *
     * @param hadoop for example {@code spark.sparkContext().hadoopConfiguration()}
     */
    public static RunFolder at(String path, Configuration hadoop) {
        return new RunFolder(Storage.at(path, hadoop), EITHER_KEY);
    }

    /** @param key the setting that names the folder, for messages */
    static RunFolder of(Storage storage, String key) {
        return new RunFolder(storage, key);
    }

    /**
     * Text for messages: which setting to change when the folder cannot be used.
     *
     * @param key the setting that names the folder
     */
    public static String another(String key) {
        return "another folder for the run (%s)".formatted(key);
    }

    /** The fully qualified path of the run. */
    public String path() {
        return storage.path("").toString();
    }

    /** Whether the folder contains a run with at least its starting policy. */
    public boolean exists() {
        return steps().anyMatch(step -> manifest(step).isPresent());
    }

    /** Watches whether a running application writes the run. */
    public LockWatch lock() {
        return new LockWatch(storage);
    }

    /** The time at which a step became complete. */
    public Instant completed(int step) {
        return storage.modified(stepName(step) + MANIFEST);
    }

    /** The manifests of all complete steps, by step. */
    public List<Manifest> manifests() {
        return manifests(-1);
    }

    /** The manifests of the complete steps after a step, by step. */
    public List<Manifest> manifests(int after) {
        return steps().filter(step -> step > after)
                .mapToObj(this::manifest)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The newest complete step. */
    public Optional<Manifest> newest() {
        int[] steps = steps().toArray();
        return IntStream.range(0, steps.length)
                .mapToObj(i -> manifest(steps[steps.length - 1 - i]))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * The manifest of a step; empty when the step is not complete. An empty manifest file means that the step is not
     * complete.
     *
     * @throws InvalidInputException when the manifest exists but cannot be read or understood
     */
    public Optional<Manifest> manifest(int step) {
        String file = storage.path(stepName(step) + MANIFEST).toString();
        return storage.read(stepName(step) + MANIFEST)
                .filter(content -> content.length > 0)
                .map(content -> StateFile.read(file, content, Manifest.class, restore(step)))
                .map(manifest -> requireOf(step, manifest));
    }

    private Manifest requireOf(int step, Manifest manifest) {
        if (manifest.step() != step) {
            throw new InvalidInputException("%s says that it belongs to step %d. %s"
                    .formatted(storage.path(stepName(step) + MANIFEST), manifest.step(), restore(step)));
        }
        return manifest;
    }

    /** Text for messages: how to repair a step whose files have changed. */
    private String restore(int step) {
        return step == 0
                ? "Restore it, or start another run: choose " + another(key) + "."
                : "Restore it, or delete %s to continue without that step.".formatted(storage.path(stepName(step)));
    }

    /**
     * The step whose policy should be used: the best on validation, or the newest in a run without validation.
     *
     * @throws InvalidInputException when the run has no complete step
     */
    public Manifest best() {
        Manifest newest = newest().orElseThrow(() -> new InvalidInputException(path()
                + " contains no complete step. Run sft or train with this folder first, or name another" + " folder."));
        return newest.best() == null ? newest : required(newest.best().step());
    }

    /**
     * The manifest of a step that must exist.
     *
     * @throws InvalidInputException when the step is not complete, or its manifest cannot be read
     */
    public Manifest required(int step) {
        return manifest(step)
                .orElseThrow(() -> new InvalidInputException("%s has no complete step %d; its steps are %s"
                        .formatted(
                                path(),
                                step,
                                manifests().stream().map(Manifest::step).toList())));
    }

    /**
     * The path of the policy after a step.
     *
     * @throws InvalidInputException when the policy was not kept, or differs from the published one
     */
    public String policy(Manifest manifest) {
        String name = stepName(manifest.step()) + "/policy";
        PublishedFiles files = files(manifest);
        if (!files.hasPolicy()) {
            throw new InvalidInputException(
                    "%s has not kept the policy of step %d. Choose a step whose policy folder exists, or keep more policies with train.keep."
                            .formatted(path(), manifest.step()));
        }
        files.verifyPolicy("Restore it, or name the policy of another step, as in %s@3.".formatted(path()));
        return storage.path(name).toString();
    }

    /**
     * Refuses the folder of a policy in a run when it differs from the published policy. Accepts folders outside of
     * runs.
     *
     * @param path path of the policy's folder
     * @throws InvalidInputException when a file is missing, changed or added, or the manifest cannot be read
     */
    public static void requirePublished(String path, Configuration hadoop) {
        PolicyOfRun.at(path).ifPresent(place -> {
            RunFolder run = at(place.run(), hadoop);
            run.manifest(place.step()).ifPresent(run::policy);
        });
    }

    /** The version of the policy in a folder; empty when the folder is not a policy of a run. */
    static Optional<PolicyVersion> version(String path, Configuration hadoop) {
        return PolicyOfRun.at(path)
                .flatMap(place -> at(place.run(), hadoop).manifest(place.step()))
                .map(Manifest::policyVersion);
    }

    /**
     * The policy after a step as it was published, without its adapter.
     *
     * @throws InvalidInputException when the policy was not kept, or differs from the published one
     */
    public PolicyReference reference(Manifest manifest) {
        String sha256 = manifest.policyVersion().sha256();
        List<FileEntry> files = manifest.files().stream()
                .filter(file -> file.path().startsWith("policy/"))
                .toList();
        return new PolicyReference(
                policy(manifest), manifest.policyVersion().number(), sha256, PolicyDigest.of(sha256, files));
    }

    /**
     * The metrics of a complete step: one flat object. Step 0 has the metrics of its validation, or none.
     *
     * @throws InvalidInputException when they cannot be read
     */
    public Optional<ObjectNode> metrics(int step) {
        return storage.readJson(stepName(step) + "/metrics.json", ObjectNode.class, restore(step));
    }

    /**
     * The metrics of a complete step that are numbers, by name; without {@code step}.
     *
     * @throws InvalidInputException when they cannot be read
     */
    public Optional<Map<String, Double>> numbers(int step) {
        return metrics(step).map(metrics -> {
            Map<String, Double> numbers = new TreeMap<>();
            metrics.properties().forEach(metric -> {
                if (metric.getValue().isNumber() && !metric.getKey().equals("step")) {
                    numbers.put(metric.getKey(), metric.getValue().doubleValue());
                }
            });
            return numbers;
        });
    }

    /**
     * The stop of a run before its last step; empty when the run did not end so.
     *
     * @throws InvalidInputException when the file cannot be read
     */
    public Optional<Stop> stop() {
        return storage.readJson(STOP, Stop.class, "Restore it, or delete it: only the reason of the stop is lost.");
    }

    /** The files of a step, compared with its manifest. */
    PublishedFiles files(Manifest manifest) {
        return new PublishedFiles(storage, stepName(manifest.step()) + "/", manifest.files(), "manifest.json");
    }

    /** The path of a table of a step, for example {@code rollouts}. */
    public String table(int step, String name) {
        return storage.path(stepName(step) + "/" + name).toString();
    }

    /** Whether a complete step has a table, for example {@code rollouts}. */
    public boolean hasTable(int step, String name) {
        return storage.exists(stepName(step) + "/" + name);
    }

    /**
     * Refuses a table of a complete step when names and sizes of its files differ from the manifest.
     *
     * @throws InvalidInputException when a file is missing or changed
     */
    public void requireTable(int step, String name) {
        manifest(step).ifPresent(found -> files(found).requireTable(name, restore(step)));
    }

    /**
     * Compares the content of the files of all steps with their manifests.
     *
     * @return the number of complete steps
     * @throws InvalidInputException when a file is missing, changed or added, or a file that describes the run or a
     *     step cannot be read
     */
    public int requireContents() {
        description();
        configuration();
        List<Manifest> complete = manifests();
        Manifest last = complete.get(complete.size() - 1);
        for (Manifest found : complete) {
            boolean best = last.best() != null && last.best().step() == found.step();
            PublishedFiles files = files(found);
            if (found.step() == 0 || found.equals(last) || best) {
                files.verify(restore(found.step()));
            } else {
                files.verifyRemaining(restore(found.step()));
            }
        }
        return complete.size();
    }

    /** The complete steps whose policies have validation predictions, ascending. */
    public List<Integer> evaluated() {
        return numbers("eval")
                .filter(step -> manifest(step).isPresent())
                .sorted()
                .boxed()
                .toList();
    }

    /** The path of the validation predictions of a step's policy. */
    public String predictions(int step) {
        return storage.path("eval/" + stepName(step) + "/predictions").toString();
    }

    /**
     * {@code run.json}.
     *
     * @throws InvalidInputException when it is missing, or cannot be read or understood
     */
    public RunDescription description() {
        return storage.readJson(DESCRIPTION, RunDescription.class, "Restore it, or start another run.")
                .orElseThrow(() -> missing(DESCRIPTION));
    }

    /**
     * {@code config.yaml}: the resolved configuration at the start of the run.
     *
     * @throws InvalidInputException when it is missing or empty
     */
    public String configuration() {
        return storage.read("config.yaml")
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> missing("config.yaml"));
    }

    private InvalidInputException missing(String file) {
        return new InvalidInputException("%s %s. Restore it, or start another run."
                .formatted(storage.path(file), storage.exists(file) ? "has no content" : "is missing"));
    }

    /** {@code step-000012}. */
    static String stepName(int step) {
        return String.format(Locale.ROOT, "step-%06d", step);
    }

    Storage storage() {
        return storage;
    }

    /** Numbers of all step folders, complete or not, ascending. */
    private IntStream steps() {
        return numbers("").sorted();
    }

    /** Numbers of the step folders in a folder. */
    IntStream numbers(String folder) {
        return folderNames(folder)
                .map(STEP::matcher)
                .filter(Matcher::matches)
                .mapToInt(m -> Integer.parseInt(m.group(1)));
    }

    private Stream<String> folderNames(String folder) {
        return storage.listAll(folder).stream().filter(FileStatus::isDirectory).map(status -> status.getPath()
                .getName());
    }
}
