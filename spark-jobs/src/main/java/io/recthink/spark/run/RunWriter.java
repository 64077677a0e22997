package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.FolderInUseException;
import io.recthink.spark.files.FolderLock;
import io.recthink.spark.files.Owner;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.PolicyDigest;
import io.recthink.spark.policy.PolicyReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a run folder as its only writer. The order of writing makes a kill safe at any moment: first the files of a
 * step, then its manifest, and only then are old files removed.
 */
public final class RunWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunWriter.class);
    private static final Set<String> WEIGHTS = Set.of("policy/model.safetensors", "policy/adapter_model.safetensors");

    private final String key;
    private final Storage storage;
    private final RunFolder folder;
    private final FolderLock lock;
    private Optional<Manifest> newest = Optional.empty();

    private RunWriter(String key, Storage storage, FolderLock lock) {
        this.key = key;
        this.storage = storage;
        this.folder = RunFolder.of(storage, key);
        this.lock = lock;
    }

    /**
     * Takes the folder of a run.
     *
     * @param key the setting that names the folder, for messages
     * @param resume true: continue an existing run; false: refuse it
     * @throws InvalidInputException when another application writes the run, a run exists and {@code resume} is false,
     *     or the folder contains other files or cannot be written
     */
    public static RunWriter open(String key, String path, org.apache.hadoop.conf.Configuration hadoop, boolean resume) {
        Storage storage = Storage.at(path, hadoop);
        refuseForeign(key, storage);
        storage.makeFolder("");
        FolderLock lock = FolderLock.take(storage, patience(resume), RunFolder.another(key));
        try {
            RunWriter writer = new RunWriter(key, storage, lock);
            writer.prepare(resume);
            return writer;
        } catch (Throwable e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Refuses what {@link #open} would refuse, without taking the folder, before work that takes minutes.
     *
     * @param key the setting that names the folder, for messages
     * @throws FolderInUseException when another application writes the run
     * @throws InvalidInputException when a run exists and {@code resume} is false, or the folder contains other files
     */
    public static void refuseUnusable(
            String key, String path, org.apache.hadoop.conf.Configuration hadoop, boolean resume) {
        Storage storage = Storage.at(path, hadoop);
        refuseForeign(key, storage);
        refuseFinished(key, storage, resume);
        FolderLock.awaitFree(storage, patience(resume), RunFolder.another(key));
    }

    private static Duration patience(boolean resume) {
        return resume ? Owner.STALE : Duration.ZERO;
    }

    private static void refuseFinished(String key, Storage storage, boolean resume) {
        if (!resume && RunFolder.of(storage, key).exists()) {
            throw new InvalidInputException("%s already contains a run. Continue it by --resume, or choose %s."
                    .formatted(storage.path(""), RunFolder.another(key)));
        }
    }

    private static void refuseForeign(String key, Storage storage) {
        List<FileStatus> children = storage.list("");
        boolean ours = storage.exists(RunFolder.DESCRIPTION)
                || storage.exists("lock.json")
                || RunFolder.of(storage, key).exists();
        if (!children.isEmpty() && !ours) {
            throw new InvalidInputException("%s is not empty and not a run folder. Choose %s, or empty it."
                    .formatted(storage.path(""), RunFolder.another(key)));
        }
    }

    private void prepare(boolean resume) {
        refuseFinished(key, storage, resume);
        if (resume && !folder.exists()) {
            LOG.info(
                    "{} contains no complete step to resume from: the run starts from its beginning", storage.path(""));
        }
        // Unreadable files are refused before anything is removed.
        if (storage.length(RunFolder.DESCRIPTION) > 0) {
            folder.description();
        }
        List<Manifest> complete = folder.manifests();
        newest = complete.isEmpty() ? Optional.empty() : Optional.of(complete.get(complete.size() - 1));
        newest.ifPresent(this::verify);
        int last = newest.map(Manifest::step).orElse(-1);
        removeLeftovers("", last);
        removeLeftovers("eval/", last);
    }

    private void removeLeftovers(String parent, int last) {
        folder.numbers(parent).filter(step -> step > last).forEach(step -> {
            String name = parent + RunFolder.stepName(step);
            LOG.warn("{} was not completed: removed", storage.path(name));
            storage.delete(name);
        });
    }

    /** The run for readers. */
    public RunFolder folder() {
        return folder;
    }

    /** The newest complete step when the folder was taken: a resumed run continues after it. */
    public Optional<Manifest> newest() {
        return newest;
    }

    /** Verifies the files that a resumed run uses: the newest step, and the reference policy of the KL term. */
    private void verify(Manifest manifest) {
        String anotherRun = "Restore it, or start another run: choose " + RunFolder.another(key) + ".";
        folder.files(manifest)
                .verify(
                        manifest.step() == 0
                                ? anotherRun
                                : "Restore it, or delete %s to resume from the step before."
                                        .formatted(storage.path(RunFolder.stepName(manifest.step()) + "/")));
        folder.manifest(0).ifPresent(start -> folder.files(start).verifyPolicy(anotherRun));
    }

    /**
     * Writes the files that identify the run; called before its first step.
     *
     * @param configuration the text of {@code config.yaml}
     */
    public void begin(RunDescription description, String configuration) {
        storage.writeJson(RunFolder.DESCRIPTION, description);
        storage.write("config.yaml", configuration);
    }

    /**
     * Publishes a policy: the folder of a model or of an adapter.
     *
     * @param write writes the policy into an existing local folder
     */
    public PublishedPolicy publishPolicy(int step, Consumer<Path> write) {
        List<FileEntry> files = publish(RunFolder.stepName(step), "policy", write);
        String sha256 = files.stream()
                .filter(file -> WEIGHTS.contains(file.path()))
                .findFirst()
                .orElseThrow()
                .sha256();
        String path = storage.path(RunFolder.stepName(step) + "/policy").toString();
        return new PublishedPolicy(new PolicyReference(path, step, sha256, PolicyDigest.of(sha256, files)), files);
    }

    /** Publishes the state of the optimizer beside the policy. */
    public List<FileEntry> publishOptimizer(int step, Consumer<Path> write) {
        return publish(
                RunFolder.stepName(step), "optimizer", folder -> write.accept(folder.resolve("optimizer.safetensors")));
    }

    /** Reads the saved state of the optimizer. */
    public <T> T readOptimizer(int step, Function<Path, T> read) {
        String file = "optimizer/optimizer.safetensors";
        String name = RunFolder.stepName(step) + "/" + file;
        if (folder.required(step).files().stream()
                .noneMatch(entry -> entry.path().equals(file))) {
            throw new InvalidInputException(
                    "%s is not among the files that the manifest of the step names. Restore the manifest, or delete %s to resume from the step before."
                            .formatted(storage.path(name), storage.path(RunFolder.stepName(step))));
        }
        Optional<Path> local = storage.local(name);
        if (local.isPresent()) {
            return read.apply(local.get());
        }
        try {
            Path copy = Files.createTempFile("recthink-optimizer", ".safetensors");
            try {
                storage.download(name, copy);
                return read.apply(copy);
            } finally {
                Files.delete(copy);
            }
        } catch (IOException e) {
            throw Storage.unwritable("the temporary folder", e);
        }
    }

    /**
     * A policy in the run folder and its files.
     *
     * @param policy the policy without its adapter
     */
    public record PublishedPolicy(PolicyReference policy, List<FileEntry> files) {}

    /** Writes the metrics of a step: one flat object. */
    public FileEntry writeMetrics(int step, Map<String, ?> metrics) {
        FileEntry file = storage.writeJson(RunFolder.stepName(step) + "/metrics.json", metrics);
        return new FileEntry("metrics.json", file.bytes(), file.sha256());
    }

    /** The files of a step's table that Spark wrote. */
    public List<FileEntry> tableFiles(int step, String table) {
        String prefix = RunFolder.stepName(step) + "/";
        return storage.list(prefix + table).stream()
                .map(status -> status.getPath().getName())
                .filter(name -> !name.startsWith(".") && !name.startsWith("_"))
                .map(name -> storage.entry(prefix + table + "/" + name))
                .map(file -> new FileEntry(file.path().substring(prefix.length()), file.bytes(), file.sha256()))
                .toList();
    }

    /** Records that the run stopped before its last step. */
    public void recordStop(Stop stop) {
        storage.writeJson(RunFolder.STOP, stop);
    }

    /** Removes the record of a stop when the run continues. */
    public void forgetStop() {
        if (storage.exists(RunFolder.STOP)) {
            storage.delete(RunFolder.STOP);
        }
    }

    /** Completes a step by writing its manifest. All other files of the step must be written before. */
    public void complete(Manifest manifest) {
        lock.check();
        storage.writeJson(RunFolder.stepName(manifest.step()) + RunFolder.MANIFEST, manifest);
    }

    /** Removes the policy and the optimizer of a step; keeps its tables, metrics and manifest. */
    public void forget(int step) {
        storage.delete(RunFolder.stepName(step) + "/optimizer");
        storage.delete(RunFolder.stepName(step) + "/policy");
    }

    /** Removes a step that has no manifest. */
    public void removeIncomplete(int step) {
        if (!storage.exists(RunFolder.stepName(step) + RunFolder.MANIFEST)) {
            storage.delete(RunFolder.stepName(step));
        }
    }

    @Override
    public void close() {
        lock.close();
    }

    private List<FileEntry> publish(String step, String name, Consumer<Path> write) {
        String target = step + "/" + name;
        storage.makeFolder(target);
        Optional<Path> local = storage.local(target);
        try {
            Path folder = local.isPresent() ? local.get() : Files.createTempDirectory("recthink-publish");
            write.accept(folder);
            List<FileEntry> files = new ArrayList<>();
            for (Path file : filesIn(folder)) {
                String path = name + "/" + file.getFileName();
                FileEntry entry = local.isPresent() ? storage.entry(step + "/" + path) : move(file, step + "/" + path);
                files.add(new FileEntry(path, entry.bytes(), entry.sha256()));
            }
            if (local.isEmpty()) {
                Files.delete(folder);
            }
            return files;
        } catch (IOException | java.io.UncheckedIOException e) {
            throw Storage.unwritable(storage.path(target).toString(), e);
        }
    }

    private FileEntry move(Path file, String name) throws IOException {
        FileEntry entry = storage.upload(file, name);
        Files.delete(file);
        return entry;
    }

    private static List<Path> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(Comparator.comparing(Path::getFileName)).toList();
        }
    }
}
