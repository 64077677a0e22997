package io.recthink.spark.run;

import io.recthink.InvalidInputException;
import io.recthink.spark.table.StateFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folders that one job writes: all of them, or none. No job writes over the results of an earlier one. While the job
 * runs, a file {@code _writing-*.json} beside the folders names them and its process. The job that fails removes what it
 * wrote. What a killed one has left is taken for whole by nobody, and the next attempt removes it.
 */
public final class OutputFolders implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutputFolders.class);
    private static final String PREFIX = "_writing-";
    private static final Duration RENEWAL = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofSeconds(1);

    /** A job's folder may lie so deep in what it writes: {@code paths.log/reviews}. */
    private static final int DEPTH = 3;

    private final Configuration hadoop;
    private final List<String> folders;
    private final List<Path> signatures = new ArrayList<>();
    private final List<Path> made = new ArrayList<>();
    private final Owner owner;
    private final Thread renewal = new Thread(this::renew, "output-folders");
    private boolean complete;

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
     * @throws InvalidInputException as {@link #take(Configuration, Map)} does
     */
    public static OutputFolders take(Configuration hadoop, String key, String folder) {
        return take(hadoop, Map.of(folder, key));
    }

    /**
     * Takes some folders or files, and removes what a killed attempt to write them has left.
     *
     * @param keys the setting that names a folder, by folder
     * @throws InvalidInputException when one is already there or cannot be looked for
     * @throws FolderInUseException when another process that is alive writes one of them
     */
    public static OutputFolders take(Configuration hadoop, Map<String, String> keys) {
        Map<String, String> qualified = new LinkedHashMap<>();
        keys.forEach((folder, key) -> qualified.put(Storage.at(folder, hadoop).toString(), key));
        List<String> folders = List.copyOf(qualified.keySet());
        folders.forEach(folder -> signed(hadoop, folder).forEach(signature -> giveWay(hadoop, folder, signature)));
        qualified.forEach((folder, key) -> requireNew(hadoop, key, folder));
        OutputFolders taken = new OutputFolders(hadoop, folders);
        taken.sign();
        taken.refuseAnother();
        return taken;
    }

    /**
     * Refuses a folder that is already there.
     *
     * @param key the setting that names it
     * @throws InvalidInputException when it is, or when it cannot be looked for
     */
    public static void requireNew(Configuration hadoop, String key, String folder) {
        if (Storage.at(folder, hadoop).exists("")) {
            throw new InvalidInputException(
                    "%s: %s is already there; remove it or name another folder".formatted(key, folder));
        }
    }

    /**
     * Refuses what another job has begun to write and not completed: a folder, something in it, or what it lies in. What
     * nobody writes, or this process itself, passes.
     *
     * @param key the setting that names it
     * @throws InvalidInputException when it is incomplete
     */
    public static void requireComplete(Configuration hadoop, String key, String folder) {
        Storage storage = Storage.at(folder, hadoop);
        Stream<Signature> signatures = signatures(hadoop, storage.toString());
        Path place = new Path(storage.toString());
        for (int i = 0; i < DEPTH && place.getParent() != null; i++, place = place.getParent()) {
            signatures = Stream.concat(signatures, signed(hadoop, place.toString()));
        }
        signatures
                .map(Signature::owner)
                .filter(Predicate.not(Owner::isSelf))
                .findFirst()
                .ifPresent(owner -> {
                    throw incomplete(key, folder, owner);
                });
    }

    private static InvalidInputException incomplete(String key, String folder, Owner owner) {
        String folders = String.join(", ", owner.folders());
        return new InvalidInputException((owner.stillRuns()
                        ? "%s: %s is not complete: process %d on %s still writes %s. Wait until it ends."
                        : "%s: %s is not complete: process %d on %s was killed while it wrote %s. Run that job again, or remove this.")
                .formatted(key, folder, owner.process(), owner.host(), folders));
    }

    /** Says that all is written: from now on the folders count. */
    public void complete() {
        // The first signature names all folders: while it stands none of them counts.
        for (int i = signatures.size() - 1; i >= 0; i--) {
            delete(signatures.get(i));
        }
        complete = true;
    }

    /** Removes the folders, unless they are complete. */
    @Override
    public void close() {
        renewal.interrupt();
        if (!complete) {
            folders.forEach(folder -> delete(new Path(folder)));
            signatures.forEach(this::delete);
            made.stream()
                    .map(parent -> Storage.at(parent.toString(), hadoop))
                    .filter(parent -> parent.list("").isEmpty())
                    .forEach(parent -> parent.delete(""));
        }
    }

    /** A file that names what its owner writes. */
    private record Signature(Path path, Owner owner) {}

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

    /** Of two jobs that begin at the same moment none may go on in the belief that it is alone. */
    private void refuseAnother() {
        folders.stream()
                .flatMap(folder -> signed(hadoop, folder)
                        .filter(signature -> !signature.owner().token().equals(owner.token()))
                        .map(signature -> inUse(folder, signature)))
                .findFirst()
                .ifPresent(other -> {
                    signatures.forEach(this::delete);
                    renewal.interrupt();
                    throw other;
                });
    }

    private void renew() {
        try {
            while (true) {
                Thread.sleep(RENEWAL.toMillis());
                renewOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed: the thread ends
        }
    }

    // A renewal that fails is made up by the next one.
    private void renewOnce() {
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

    /** Removes what a killed job has left, of all folders that it wrote. */
    private static void giveWay(Configuration hadoop, String folder, Signature signature) {
        Owner owner = awaitEnd(hadoop, folder, signature);
        if (owner.stillRuns()) {
            throw inUse(folder, signature);
        }
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
                "%s is being written by process %d on %s. Wait until it ends, or name another folder; if that process is gone, the folder is free %d seconds after its end (or at once when you delete %s)."
                        .formatted(
                                folder,
                                signature.owner().process(),
                                signature.owner().host(),
                                Owner.STALE.toSeconds(),
                                signature.path()));
    }

    /** A scheduler's next attempt begins before the last one, on another host, is seen to be gone. */
    private static Owner awaitEnd(Configuration hadoop, String folder, Signature signature) {
        Owner owner = signature.owner();
        if (owner.isHere() || !owner.stillRuns()) {
            return owner;
        }
        LOG.info(
                "{} is being written by process {} on {}; if that is gone, this goes on within {} seconds",
                folder,
                owner.process(),
                owner.host(),
                Owner.STALE.toSeconds());
        long deadline = System.nanoTime() + Owner.STALE.toNanos();
        Optional<Owner> now = Optional.of(owner);
        // Its clock may be another one, so that a changed signature counts.
        while (System.nanoTime() < deadline
                && now.filter(Owner::stillRuns).filter(owner::equals).isPresent()) {
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return owner;
            }
            now = owner(hadoop, signature.path());
        }
        boolean silent = now.filter(other -> !other.equals(owner)).isEmpty();
        return silent
                ? new Owner(owner.token(), owner.host(), owner.process(), owner.processStart(), 0, owner.folders())
                : now.get();
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

    /** Who signed; nobody where the process was killed while it signed, for then it had written nothing else. */
    private static Optional<Owner> owner(Configuration hadoop, Path signature) {
        return Storage.at(signature.toString(), hadoop)
                .read("")
                .filter(StateFile::isWhole)
                .map(content -> StateFile.read(
                        signature.toString(), content, Owner.class, "Delete it when no other recthink writes there."));
    }
}
