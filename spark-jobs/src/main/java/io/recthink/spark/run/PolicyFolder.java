package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.learn.ParameterVector;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ModelFolder;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.run.PolicyReference.Adapter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** A folder on any Hadoop file system that may hold a policy: a model, or an adapter that names its base model. */
public final class PolicyFolder {
    static final String MODEL = "config.json";
    static final String ADAPTER = "adapter_config.json";

    private final Storage storage;
    private final Configuration hadoop;

    private PolicyFolder(Storage storage, Configuration hadoop) {
        this.storage = storage;
        this.hadoop = hadoop;
    }

    /** A folder on this machine. */
    public static PolicyFolder at(Path folder) {
        return at(local(folder), new Configuration());
    }

    private static String local(Path folder) {
        return "file:" + folder.toAbsolutePath();
    }

    /** The folder at a Hadoop path. */
    public static PolicyFolder at(String path, Configuration hadoop) {
        return new PolicyFolder(Storage.at(path, hadoop), hadoop);
    }

    /** Its fully qualified path. */
    public String path() {
        return storage.path("").toString();
    }

    /** Whether it holds a model or an adapter. */
    public boolean exists() {
        return storage.exists(MODEL) || isAdapter();
    }

    /** Whether it holds an adapter. */
    public boolean isAdapter() {
        return storage.exists(ADAPTER);
    }

    /**
     * How the policy in it wants to be asked; empty where the folder does not say.
     *
     * @throws InvalidInputException when the file that says it cannot be read
     */
    public Optional<PolicyTerms> terms() {
        return storage.read(PolicyTerms.FILE)
                .map(json -> PolicyTerms.parse(
                        storage.path(PolicyTerms.FILE).toString(), new String(json, StandardCharsets.UTF_8)));
    }

    /**
     * The SHA-256 of its weights; of weights in several files, that of all of them in the order of their names.
     *
     * @throws InvalidInputException when it has no weights
     */
    public String sha256() {
        return storage.sha256(new PolicyFiles(storage).weights());
    }

    /**
     * The digest of a {@link PolicyReference}.
     *
     * @param sha256 of its weights
     */
    public String digest(String sha256) {
        return PolicyDigest.of(
                sha256,
                new PolicyFiles(storage).settings().stream().map(storage::entry).toList());
    }

    /** What is in it, without the adapter that it may hold. */
    public PolicyReference reference() {
        return reference(0, sha256());
    }

    private PolicyReference reference(int number, String sha256) {
        return new PolicyReference(path(), number, sha256, digest(sha256));
    }

    /** The folder on this machine. */
    public Path localize() {
        return PolicyStore.localize(reference());
    }

    /**
     * The policy in it. An adapter is sent to the executors.
     *
     * @param sha256 of the weights as they were published
     * @throws InvalidInputException when it is an adapter, and it or its base model is not as it should be
     */
    public PolicyReference policy(int number, String sha256, SparkSession spark) {
        PolicyReference policy = reference(number, sha256);
        if (!isAdapter()) {
            return policy;
        }
        Path local = PolicyStore.localize(policy);
        PolicyReference base = base(local);
        try (ModelFolder model = ModelFolder.open(PolicyStore.localize(base));
                AdapterFolder adapter = AdapterFolder.open(local, model.config())) {
            ParameterVector weights = ParameterVector.read(adapter.layout(), adapter);
            return policy.with(Adapter.send(spark, base, adapter.config(), weights));
        }
    }

    /**
     * The model that the adapter in it names as its base.
     *
     * @throws InvalidInputException when it is not there, or not the one that the adapter was made for
     */
    public PolicyReference base() {
        return base(localize());
    }

    private PolicyReference base(Path adapter) {
        String name = AdapterFolder.base(adapter).nameOrPath();
        if (name.isBlank()) {
            throw unknownBase("names no base model. Write the folder of the model");
        }
        // Other file systems are named in full: a plain path is a local one, as for PEFT.
        PolicyFolder model = at(
                new org.apache.hadoop.fs.Path(name).toUri().getScheme() == null ? local(Path.of(name)) : name, hadoop);
        if (!model.storage.exists(MODEL)) {
            throw unknownBase("names the base model " + name
                    + ", and that is no model folder here. Put the model there, or write its folder");
        }
        return base(adapter, model);
    }

    private InvalidInputException unknownBase(String what) {
        String copy = RunFolder.version(path(), hadoop).isPresent()
                ? " Do that in a copy outside of the run: a policy in a run is only used as it was published."
                : "";
        return new InvalidInputException("%s %s into base_model_name_or_path of %s.%s"
                .formatted(path(), what, storage.path(ADAPTER).getName(), copy));
    }

    /**
     * The model in another folder than the one that the adapter in it names, as its base.
     *
     * @throws InvalidInputException when it is not the one that the adapter was made for
     */
    public PolicyReference base(PolicyFolder model) {
        return base(localize(), model);
    }

    private PolicyReference base(Path adapter, PolicyFolder model) {
        RunFolder.requirePublished(model.path(), model.hadoop);
        PolicyReference base = model.reference();
        AdapterFolder.base(adapter).sha256().ifPresent(expected -> requireSame(base.path(), base.sha256(), expected));
        RunFolder.version(path(), hadoop)
                .flatMap(version -> Optional.ofNullable(version.base()))
                .ifPresent(expected -> requireSame(base, expected));
        AdapterFolder.requireCompanionsOf(PolicyStore.localize(base), adapter);
        return base;
    }

    /** Of the base model the run has written down more than the adapter has: its configuration, tokenizer and template. */
    private void requireSame(PolicyReference base, PolicyVersion.Base expected) {
        requireSame(base.path(), base.sha256(), expected.sha256());
        if (expected.digest() != null && !expected.digest().equals(base.digest())) {
            throw new InvalidInputException(
                    "%s is not the base model of the policy in %s: its configuration, tokenizer or template is another one than the manifest of that step says. Restore it, or copy the adapter's folder out of the run and name that."
                            .formatted(base.path(), path()));
        }
    }

    /**
     * Refuses a base model that is not the one that an adapter was made for.
     *
     * @param found SHA-256 of its weights
     * @param expected SHA-256 of the weights that the adapter was made for
     */
    static void requireSame(String path, String found, String expected) {
        if (!found.equals(expected)) {
            throw new InvalidInputException(
                    "%s is not the base model that the adapter was made for: its weights have the sha256 %s, not %s. Put that model back there, or name its folder."
                            .formatted(path, found, expected));
        }
    }

    /** Refuses a folder whose weights or settings are no longer those of a reference to it. */
    static void requireUnchanged(PolicyReference model, PolicyFolder folder) {
        requireSame(model.path(), folder.sha256(), model.sha256());
        if (!folder.digest(model.sha256()).equals(model.digest())) {
            throw new InvalidInputException(
                    "%s was changed while it was in use: its configuration, tokenizer or template is another one. Restore it, or start again."
                            .formatted(model.path()));
        }
    }
}
