package io.recthink.spark.policy;

import io.recthink.InvalidInputException;
import io.recthink.prompt.PolicyTerms;
import io.recthink.spark.files.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** A folder on any Hadoop file system that may contain a policy: a model, or an adapter that names its base model. */
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

    /** The folder that an adapter names as its base. A name without a scheme is a local path, as in PEFT. */
    public static PolicyFolder named(String name, Configuration hadoop) {
        return at(
                new org.apache.hadoop.fs.Path(name).toUri().getScheme() == null ? local(Path.of(name)) : name, hadoop);
    }

    /** The fully qualified path. */
    public String path() {
        return storage.path("").toString();
    }

    /** Whether the folder contains a model or an adapter. */
    public boolean exists() {
        return isModel() || isAdapter();
    }

    /** Whether the folder contains a model. */
    public boolean isModel() {
        return storage.exists(MODEL);
    }

    /** Whether the folder contains an adapter. */
    public boolean isAdapter() {
        return storage.exists(ADAPTER);
    }

    /**
     * The prompt settings of the policy; empty when the folder has none.
     *
     * @throws InvalidInputException when the file with these settings cannot be read
     */
    public Optional<PolicyTerms> terms() {
        return storage.read(PolicyTerms.FILE)
                .map(json -> PolicyTerms.parse(
                        storage.path(PolicyTerms.FILE).toString(), new String(json, StandardCharsets.UTF_8)));
    }

    /**
     * The names of the files that make up the policy: weights, configuration, tokenizer, template, prompt settings.
     *
     * @throws InvalidInputException when a file with weights is missing
     */
    public List<String> files() {
        PolicyFiles files = new PolicyFiles(storage);
        List<String> terms = storage.exists(PolicyTerms.FILE) ? List.of(PolicyTerms.FILE) : List.of();
        return Stream.of(files.settings(), files.index(), files.weights(), terms)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /**
     * The SHA-256 of the weights. Weights in several files are hashed together, in the order of the file names.
     *
     * @throws InvalidInputException when the folder has no weights
     */
    public String sha256() {
        return storage.sha256(new PolicyFiles(storage).weights());
    }

    /**
     * The digest of a {@link PolicyReference}.
     *
     * @param sha256 SHA-256 of the weights
     */
    public String digest(String sha256) {
        return PolicyDigest.of(
                sha256,
                new PolicyFiles(storage).settings().stream().map(storage::entry).toList());
    }

    /** The policy in the folder, without its adapter. */
    public PolicyReference reference() {
        return reference(0, sha256());
    }

    /**
     * The policy as it was published, without its adapter.
     *
     * @param number version in its run; 0 for a policy of no run
     * @param sha256 SHA-256 of the weights
     */
    public PolicyReference reference(int number, String sha256) {
        return new PolicyReference(path(), number, sha256, digest(sha256));
    }

    /** The folder on this machine. */
    public Path localize() {
        return PolicyStore.localize(reference());
    }

    /**
     * Refuses a base model that differs from the base model of an adapter.
     *
     * @param found SHA-256 of the weights of the base model
     * @param expected SHA-256 of the weights for which the adapter was made
     */
    public static void requireSame(String path, String found, String expected) {
        if (!found.equals(expected)) {
            throw new InvalidInputException(
                    "%s is not the base model that the adapter was made for: its weights have the sha256 %s, not %s. Restore the base model of the adapter there, or name its folder."
                            .formatted(path, found, expected));
        }
    }

    /** Refuses a folder whose weights or settings differ from a reference to it. */
    static void requireUnchanged(PolicyReference model, PolicyFolder folder) {
        requireSame(model.path(), folder.sha256(), model.sha256());
        if (!folder.digest(model.sha256()).equals(model.digest())) {
            throw new InvalidInputException(
                    "%s was changed while it was in use: its configuration, tokenizer or template differs. Restore it, or start again."
                            .formatted(model.path()));
        }
    }
}
