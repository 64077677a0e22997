package io.recthink.spark.policy;

import io.recthink.InvalidInputException;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.files.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** A folder on any Hadoop file system that may hold a policy: a model, or an adapter that names its base model. */
public final class PolicyFolder {
    static final String MODEL = "config.json";
    public static final String ADAPTER = "adapter_config.json";

    private final Storage storage;

    private PolicyFolder(Storage storage) {
        this.storage = storage;
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
        return new PolicyFolder(Storage.at(path, hadoop));
    }

    /** The folder that an adapter names as its base. Other file systems are named in full: a plain path is a local one, as for PEFT. */
    public static PolicyFolder named(String name, Configuration hadoop) {
        return at(
                new org.apache.hadoop.fs.Path(name).toUri().getScheme() == null ? local(Path.of(name)) : name, hadoop);
    }

    /** Its fully qualified path. */
    public String path() {
        return storage.path("").toString();
    }

    /** Whether it holds a model or an adapter. */
    public boolean exists() {
        return isModel() || isAdapter();
    }

    /** Whether it holds a model. */
    public boolean isModel() {
        return storage.exists(MODEL);
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

    /**
     * The same, as it was published.
     *
     * @param number of its version in its run; 0 for one of no run
     * @param sha256 of the weights
     */
    public PolicyReference reference(int number, String sha256) {
        return new PolicyReference(path(), number, sha256, digest(sha256));
    }

    /** The folder on this machine. */
    public Path localize() {
        return PolicyStore.localize(reference());
    }

    /**
     * Refuses a base model that is not the one that an adapter was made for.
     *
     * @param found SHA-256 of its weights
     * @param expected SHA-256 of the weights that the adapter was made for
     */
    public static void requireSame(String path, String found, String expected) {
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
