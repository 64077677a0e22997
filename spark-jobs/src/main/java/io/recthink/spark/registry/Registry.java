package io.recthink.spark.registry;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.PublishedFiles;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/**
 * Reads the registry of one policy on any Hadoop file system. {@link RegistryWriter} writes it.
 *
 * <pre>
 * REGISTRY/NAME/current.json                       the version that serves
 * REGISTRY/NAME/versions/000042/version.json       written last
 * REGISTRY/NAME/versions/000042/policy/            of published versions, until prune removes it
 * REGISTRY/NAME/history.jsonl, history.html        all cycles; made anew from the versions after each change
 * </pre>
 */
public final class Registry {
    static final String CURRENT = "current.json";
    static final String VERSIONS = "versions";

    private static final Pattern NUMBER = Pattern.compile("\\d{6,9}");

    private final Storage storage;

    private Registry(Storage storage) {
        this.storage = storage;
    }

    /** The registry in a folder, which may not exist yet. */
    public static Registry at(String folder, Configuration hadoop) {
        return of(Storage.at(folder, hadoop));
    }

    static Registry of(Storage storage) {
        return new Registry(storage);
    }

    /** The fully qualified path. */
    public String path() {
        return storage.path("").toString();
    }

    /** Whether the folder is a registry. */
    public boolean exists() {
        return storage.exists(CURRENT) || storage.exists(VERSIONS);
    }

    /**
     * The version that serves; empty when none does yet.
     *
     * @throws InvalidInputException when a file cannot be read
     */
    public Optional<Version> serving() {
        return storage.readJson(
                        CURRENT, Current.class, "Restore it, or choose a version by `recthink registry rollback`.")
                .map(current -> required(current.version()));
    }

    /** All complete versions, by number. */
    public List<Version> versions() {
        return storage.list(VERSIONS).stream()
                .filter(FileStatus::isDirectory)
                .map(folder -> NUMBER.matcher(folder.getPath().getName()))
                .filter(Matcher::matches)
                .map(name -> version(Integer.parseInt(name.group())))
                .flatMap(Optional::stream)
                .sorted(Comparator.comparingInt(Version::version))
                .toList();
    }

    /** A version; empty when it does not exist or is not complete. */
    public Optional<Version> version(int number) {
        String file = folder(number) + "version.json";
        return storage.read(file)
                .filter(content -> content.length > 0)
                .map(content -> StateFile.read(
                        storage.path(file).toString(),
                        content,
                        Version.class,
                        "Restore it from a copy of the registry."));
    }

    /**
     * A version that must exist.
     *
     * @throws InvalidInputException when it does not exist
     */
    public Version required(int number) {
        return version(number)
                .orElseThrow(() -> new InvalidInputException("%s has no version %d; its versions are %s"
                        .formatted(
                                path(),
                                number,
                                versions().stream().map(Version::version).toList())));
    }

    /**
     * The version that a cycle with the given end made; empty when there was no such cycle.
     *
     * @param until the first time after the rows of the cycle, ISO 8601 in UTC
     */
    public Optional<Version> ofCycle(String until) {
        return versions().stream()
                .filter(version -> until.equals(version.until()))
                .findFirst();
    }

    /**
     * The folder of the policy of a version.
     *
     * @throws InvalidInputException when the gate refused the version, its policy was removed, or it has changed
     */
    public String policy(Version version) {
        if (!version.isPublished()) {
            throw new InvalidInputException(
                    "%s: the gate refused version %d. Name another version, or its policy, %s, to look at it."
                            .formatted(path(), version.version(), version.source()));
        }
        PublishedFiles files = files(version);
        if (!files.hasPolicy()) {
            throw new InvalidInputException(
                    "%s: the policy of version %d was removed (recthink registry prune). Name another version."
                            .formatted(path(), version.version()));
        }
        files.verifyPolicy("Restore it, or choose another version by `recthink registry rollback`.");
        return storage.path(folder(version.version()) + "policy").toString();
    }

    /** Whether the registry still has the policy of a version. */
    public boolean hasPolicy(Version version) {
        return files(version).hasPolicy();
    }

    private PublishedFiles files(Version version) {
        return new PublishedFiles(storage, folder(version.version()), version.files(), "version.json");
    }

    /** The folder of a version below the registry, with a slash at its end. */
    static String folder(int number) {
        return String.format(Locale.ROOT, "%s/%06d/", VERSIONS, number);
    }
}
