package io.recthink.spark.registry;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.FolderLock;
import io.recthink.spark.files.Owner;
import io.recthink.spark.files.Storage;
import io.recthink.spark.policy.PolicyFolder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/**
 * Writes a registry as its only writer. The order of writing makes a kill safe at any moment: first the policy of a
 * version, then its {@code version.json}, then {@code current.json}.
 */
public final class RegistryWriter implements AutoCloseable {
    private static final String ANOTHER = "another name of the registry (retrain.name)";

    private final Storage storage;
    private final Registry registry;
    private final FolderLock lock;
    private final Configuration hadoop;

    private RegistryWriter(Storage storage, FolderLock lock, Configuration hadoop) {
        this.storage = storage;
        this.registry = Registry.of(storage);
        this.lock = lock;
        this.hadoop = hadoop;
    }

    /**
     * Takes a registry. Waits for an owner on another host that may have ended.
     *
     * @throws io.recthink.spark.files.FolderInUseException when another application writes it
     */
    public static RegistryWriter open(String folder, Configuration hadoop) {
        Storage storage = Storage.at(folder, hadoop);
        storage.makeFolder("");
        return new RegistryWriter(storage, FolderLock.take(storage, Owner.STALE, ANOTHER), hadoop);
    }

    /** The registry for readers. */
    public Registry registry() {
        return registry;
    }

    /** The number of the next version. */
    public int nextNumber() {
        List<Version> versions = registry.versions();
        return versions.isEmpty() ? 1 : versions.get(versions.size() - 1).version() + 1;
    }

    /**
     * Records a version; a published version with a copy of its policy. It does not serve before {@link #serve}.
     *
     * @param version without its files
     */
    public void record(Version version) {
        String folder = Registry.folder(version.version());
        storage.delete(folder);
        List<FileEntry> files = version.isPublished() ? copy(version.source(), folder) : List.of();
        requireCopied(version);
        lock.check();
        storage.writeJson(folder + "version.json", version.with(files));
    }

    private List<FileEntry> copy(String source, String folder) {
        Storage from = Storage.at(source, hadoop);
        return PolicyFolder.at(source, hadoop).files().stream()
                .map(name -> from.copy(name, storage, folder + "policy/" + name))
                .map(file -> new FileEntry(file.path().substring(folder.length()), file.bytes(), file.sha256()))
                .toList();
    }

    private void requireCopied(Version version) {
        if (!version.isPublished()) {
            return;
        }
        String copied = PolicyFolder.at(
                        storage.path(Registry.folder(version.version()) + "policy")
                                .toString(),
                        hadoop)
                .sha256();
        if (!copied.equals(version.sha256())) {
            throw new InvalidInputException(
                    "%s changed while it was published: the copy of its weights has the sha256 %s, not %s. Start again."
                            .formatted(version.source(), copied, version.sha256()));
        }
    }

    /** Makes a published version the one that serves, in one write. */
    public void serve(Version version) {
        registry.policy(version);
        lock.check();
        storage.writeJson(Registry.CURRENT, new Current(version.version(), version.sha256(), now()));
    }

    /**
     * Makes an earlier version serve again, and marks the version that served until now as withdrawn.
     *
     * @throws InvalidInputException when the version cannot serve
     */
    public void rollBack(int number) {
        Version to = registry.required(number);
        registry.policy(to);
        Version from = registry.serving()
                .orElseThrow(() -> new InvalidInputException(registry.path() + " has no version that serves"));
        if (from.version() == number) {
            throw new InvalidInputException("%s: version %d serves already".formatted(registry.path(), number));
        }
        lock.check();
        storage.writeJson(Registry.folder(from.version()) + "version.json", from.withdrawn(now()));
        serve(to);
    }

    /**
     * Removes the policies of old versions. What a version recorded stays, and so do the serving version and the
     * version before it.
     *
     * @param keep number of published versions that keep their policies, the newest
     * @return the numbers of the versions whose policies were removed
     */
    public List<Integer> prune(int keep) {
        List<Version> published = registry.versions().stream()
                .filter(Version::isPublished)
                .filter(registry::hasPolicy)
                .toList();
        Set<Integer> kept = new HashSet<>();
        published
                .subList(Math.max(0, published.size() - keep), published.size())
                .forEach(version -> kept.add(version.version()));
        registry.serving().ifPresent(serving -> {
            kept.add(serving.version());
            if (serving.parent() != null) {
                kept.add(serving.parent());
            }
        });
        List<Integer> removed = published.stream()
                .map(Version::version)
                .filter(number -> !kept.contains(number))
                .toList();
        lock.check();
        removed.forEach(number -> storage.delete(Registry.folder(number) + "policy"));
        return removed;
    }

    /** Writes a file about the whole registry, such as its history. */
    public void write(String name, String text) {
        lock.check();
        storage.write(name, text);
    }

    /** The current time in UTC, to the second. */
    public static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public void close() {
        lock.close();
    }
}
