package io.recthink.spark.files;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output folders of one job, completed together or removed together. No job overwrites the results of an earlier
 * one. While the job runs, a file {@code _writing-*.json} beside the folders names the folders and the process. A
 * failing job removes its folders. If a job is killed, readers refuse its folders, and the next attempt removes them.
 */
public final class OutputFolders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputFolders.class);
    private static final String PREFIX = "_writing-";

    private final Configuration hadoop;
    private final List<String> folders;
    private final List<Path> signatures = new ArrayList<>();
    private final List<Path> made = new ArrayList<>();
    private final Owner owner;
    private final Thread renewal = new Thread(this::renew, "output-folders");
    private boolean ended;

    private OutputFolders(Configuration hadoop, List<String> folders) {
        this.hadoop = hadoop;
        this.folders = folders;
        this.owner = Owner.self(folders);
        renewal.setDaemon(true);
    }

    /**
     * Takes one folder.
     *
     * @param key the setting that names it
     * @throws InvalidInputException as {@link #take(Configuration, Map)}
     */
    public static OutputFolders take(Configuration hadoop, String key, String folder) {
        return take(hadoop, Map.of(folder, key));
    }

    /**
     * Takes some folders or files, and removes what a killed attempt left there.
     *
     * @param keys the setting that names a folder, by folder
     * @throws InvalidInputException when a folder already exists or cannot be reached
     * @throws FolderInUseException when another running process writes one of them
     */
    public static OutputFolders take(Configuration hadoop, Map<String, String> keys) {
        List<String> folders = keys.keySet().stream()
                .map(folder -> Storage.at(folder, hadoop).toString())
                .toList();
        folders.forEach(folder -> signed(hadoop, folder).forEach(signature -> giveWay(hadoop, folder, signature)));
        keys.forEach((folder, key) -> requireNew(hadoop, key, folder));
        OutputFolders taken = new OutputFolders(hadoop, folders);
        taken.sign();
        taken.refuseAnother();
        return taken;
    }

    /**
     * Refuses a folder that already exists.
     *
     * @param key the setting that names it
     * @throws InvalidInputException when the folder exists, or cannot be reached
     */
    public static void requireNew(Configuration hadoop, String key, String folder) {
        if (Storage.at(folder, hadoop).exists("")) {
            throw new InvalidInputException(
                    "%s: %s already exists; remove it or name another folder".formatted(key, folder));
        }
    }

    /**
     * Refuses a folder if another job has not completed it, or something in it. Accepts folders that no process, or
     * this process, writes.
     *
     * @param key the setting that names it
     * @throws InvalidInputException when it is incomplete
     */
    public static void requireComplete(Configuration hadoop, String key, String folder) {
        String path = Storage.at(folder, hadoop).toString();
        Stream.concat(signatures(hadoop, path), readable(() -> signed(hadoop, path)))
                .filter(signature -> !signature.owner().isSelf() && signature.names(hadoop))
                .findFirst()
                .ifPresent(signature -> {
                    throw incomplete(key, folder, signature);
                });
    }

    /** Whether a job has begun to write a folder and has not completed it. */
    public static boolean isBeingWritten(Configuration hadoop, String folder) {
        return signed(hadoop, Storage.at(folder, hadoop).toString()).findAny().isPresent();
    }

    /** The signatures beside the folder; none when its parent cannot be listed, for example the root of a bucket. */
    private static Stream<Signature> readable(Supplier<Stream<Signature>> signatures) {
        try {
            return signatures.get();
        } catch (InvalidInputException e) {
            LOG.debug("not looked at", e);
            return Stream.empty();
        }
    }

    private static InvalidInputException incomplete(String key, String folder, Signature signature) {
        Owner owner = signature.owner();
        String folders = String.join(", ", owner.folders());
        return new InvalidInputException((owner.stillRuns()
                        ? "%s: %s is not complete: process %d on %s still writes %s. Wait until the process ends; if that process no longer exists, delete %s."
                        : "%s: %s is not complete: process %d on %s was killed while it wrote %s. Run that job again, or delete these folders and %s.")
                .formatted(key, folder, owner.process(), owner.host(), folders, signature.path()));
    }

    /**
     * Completes the folders: from now on readers accept them.
     *
     * @throws FolderInUseException when another process has taken the folders, because this one did not renew its
     *     signature
     */
    public synchronized void complete() {
        requireOurs();
        ended = true;
        // The first signature names all folders: as long as it exists, the next attempt removes them.
        for (int i = signatures.size() - 1; i >= 0; i--) {
            delete(signatures.get(i));
        }
    }

    private void requireOurs() {
        for (Path signature : signatures) {
            if (!storage(signature).exists(signature.getName())) {
                ended = true;
                throw new FolderInUseException(
                        "%s no longer exists: another process has taken %s, because this process was silent for more than %d seconds. This process changes nothing there; start again when the other process ends."
                                .formatted(signature, String.join(", ", folders), Owner.STALE.toSeconds()));
            }
        }
    }

    /** Removes the folders, unless they are complete or taken by another process. */
    @Override
    public synchronized void close() {
        renewal.interrupt();
        if (ended) {
            return;
        }
        requireOurs();
        ended = true;
        folders.forEach(folder -> delete(new Path(folder)));
        signatures.forEach(this::delete);
        made.stream()
                .map(parent -> Storage.at(parent.toString(), hadoop))
                .filter(parent -> parent.list("").isEmpty())
                .forEach(parent -> parent.delete(""));
    }

    /** A file {@code _writing-*.json}, which names the folders of its owner. */
    private record Signature(Path path, Owner owner) {
        /** Whether any of the named folders exists; in a copied or emptied tree none may exist. */
        boolean names(Configuration hadoop) {
            return owner.folders().stream()
                    .anyMatch(folder -> Storage.at(folder, hadoop).exists(""));
        }
    }

    private void sign() {
        folders.stream().map(folder -> new Path(folder).getParent()).distinct().forEach(parent -> {
            Path signature = new Path(parent, PREFIX + owner.token() + ".json");
            signatures.add(signature);
            if (!storage(signature).exists("")) {
                made.add(parent);
            }
            storage(signature).writeJson(signature.getName(), owner);
        });
        renewal.start();
    }

    /** Gives up when two jobs begin at the same moment, so that neither wrongly continues as the only writer. */
    private void refuseAnother() {
        folders.stream()
                .flatMap(folder -> signed(hadoop, folder)
                        .filter(signature -> !signature.owner().token().equals(owner.token()))
                        .map(signature -> inUse(folder, signature)))
                .findFirst()
                .ifPresent(other -> {
                    endWithoutATrace();
                    throw other;
                });
    }

    private synchronized void endWithoutATrace() {
        ended = true;
        renewal.interrupt();
        signatures.forEach(this::delete);
    }

    private void renew() {
        try {
            while (true) {
                Thread.sleep(Owner.RENEWAL.toMillis());
                renewOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed: the thread ends
        }
    }

    // The next renewal replaces a failed one.
    private synchronized void renewOnce() {
        if (ended) {
            return;
        }
        for (Path signature : signatures) {
            try {
                Storage storage = storage(signature);
                if (storage.exists(signature.getName())) {
                    storage.writeJson(signature.getName(), owner.renew());
                }
            } catch (RuntimeException e) {
                LOG.warn("{} could not be renewed", signature, e);
            }
        }
    }

    private Storage storage(Path file) {
        return Storage.at(file.getParent().toString(), hadoop);
    }

    private void delete(Path path) {
        storage(path).delete(path.getName());
    }

    /** Removes all folders that a killed job left. */
    private static void giveWay(Configuration hadoop, String folder, Signature signature) {
        if (!isDead(hadoop, folder, signature)) {
            return; // the job has completed its folders meanwhile
        }
        Owner owner = signature.owner();
        for (String left : owner.folders()) {
            Storage storage = Storage.at(left, hadoop);
            if (storage.exists("")) {
                LOG.warn("{} was not completed: removed", left);
                storage.delete("");
            }
        }
        owner.folders().stream()
                .map(left -> new Path(left).getParent())
                .distinct()
                .forEach(parent -> Storage.at(parent.toString(), hadoop)
                        .delete(signature.path().getName()));
    }

    private static FolderInUseException inUse(String folder, Signature signature) {
        return new FolderInUseException(
                "%s is being written by process %d on %s. Wait until it ends, or name another folder; if that process no longer exists, the folder is free %d seconds after its end (or at once when you delete %s)."
                        .formatted(
                                folder,
                                signature.owner().process(),
                                signature.owner().host(),
                                Owner.STALE.toSeconds(),
                                signature.path()));
    }

    /**
     * Whether the process of a signature has ended. It waits, because the next attempt of a scheduler can begin before
     * the end of the previous one on another host is visible.
     *
     * @return false when the process has removed its signature
     * @throws FolderInUseException when the process is running
     */
    private static boolean isDead(Configuration hadoop, String folder, Signature signature) {
        Owner owner = signature.owner();
        if (!owner.stillRuns()) {
            return true;
        }
        if (owner.isHere()) {
            throw inUse(folder, signature);
        }
        LOG.info(
                "{} is being written by process {} on {}; if that process no longer exists, this process continues"
                        + " within {} seconds",
                folder,
                owner.process(),
                owner.host(),
                Owner.STALE.toSeconds());
        long deadline = System.nanoTime() + Owner.STALE.toNanos();
        while (System.nanoTime() < deadline) {
            if (!Owner.pause(Owner.POLL)) {
                throw inUse(folder, signature);
            }
            if (!Storage.at(signature.path().toString(), hadoop).exists("")) {
                return false;
            }
            // Its clock may differ; therefore any change of the signature counts as a renewal. An unreadable signature
            // is being written.
            if (owner(hadoop, signature.path())
                    .filter(now -> !now.equals(owner))
                    .isPresent()) {
                throw inUse(folder, signature);
            }
            if (!owner.stillRuns()) {
                return true;
            }
        }
        return true;
    }

    /** The signatures beside a folder that name it. */
    private static Stream<Signature> signed(Configuration hadoop, String folder) {
        Path parent = new Path(folder).getParent();
        return parent == null
                ? Stream.empty()
                : signatures(hadoop, parent.toString())
                        .filter(signature -> signature.owner().folders().contains(folder));
    }

    /** The signatures in a folder. */
    private static Stream<Signature> signatures(Configuration hadoop, String folder) {
        return Storage.at(folder, hadoop).list("").stream()
                .map(FileStatus::getPath)
                .filter(file -> file.getName().startsWith(PREFIX))
                .flatMap(file -> owner(hadoop, file).map(owner -> new Signature(file, owner)).stream());
    }

    private static Optional<Owner> owner(Configuration hadoop, Path signature) {
        return Owner.read(Storage.at(signature.getParent().toString(), hadoop), signature.getName());
    }
}
