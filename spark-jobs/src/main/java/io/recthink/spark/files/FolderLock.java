package io.recthink.spark.files;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Locks a folder, such as a run or a registry, for one application. The owner writes {@code lock.json} and renews it. The lock of a killed
 * application expires: at once when its process was on the same host, otherwise after {@link Owner#STALE}.
 */
public final class FolderLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
    static final String FILE = "lock.json";
    private static final int BEFORE_FILE_SYSTEMS_CLOSE = FileSystem.SHUTDOWN_HOOK_PRIORITY + 50;

    private final String another;
    private final Storage storage;
    private final Owner owner;
    private final Thread renewal;
    private final Runnable atEnd = this::release;
    private volatile boolean released;

    private FolderLock(Storage storage, Owner owner, String another) {
        this.another = another;
        this.storage = storage;
        this.owner = owner;
        this.renewal = new Thread(this::renew, "folder-lock");
        renewal.setDaemon(true);
    }

    /**
     * Takes a folder.
     *
     * @param patience how long to wait for an owner on another host that may have ended: the next attempt of a
     *     scheduler can begin before the previous lock is {@link Owner#STALE}
     * @param another what to choose instead, for messages
     * @throws FolderInUseException when another running application has the lock
     */
    public static FolderLock take(Storage storage, Duration patience, String another) {
        awaitFree(storage, patience, another);
        FolderLock lock = new FolderLock(storage, Owner.self(List.of()), another);
        ShutdownHookManager.get().addShutdownHook(lock.atEnd, BEFORE_FILE_SYSTEMS_CLOSE);
        storage.writeJson(FILE, lock.owner);
        lock.check();
        lock.renewal.start();
        return lock;
    }

    /** Waits until the folder can be taken; throws as {@link #take} does. */
    public static void awaitFree(Storage storage, Duration patience, String another) {
        refuse(
                another,
                storage,
                Owner.read(storage, FILE)
                        .filter(Owner::stillRuns)
                        .filter(owner -> !fallsSilent(storage, owner, patience)));
    }

    /**
     * Whether an owner on another host does not renew its lock. Its clock may differ; therefore any change of the lock
     * counts as a renewal.
     */
    private static boolean fallsSilent(Storage storage, Owner owner, Duration patience) {
        if (owner.isHere() || patience.isZero()) {
            return false;
        }
        LOG.info(
                "{} is in use by process {} on {}; if that process no longer exists, this process continues within {}"
                        + " seconds",
                storage.path(""),
                owner.process(),
                owner.host(),
                patience.toSeconds());
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<Owner> now = Optional.of(owner);
        while (System.nanoTime() < deadline && now.filter(Owner::stillRuns).isPresent()) {
            if (!Owner.pause(Owner.POLL)) {
                return false;
            }
            now = Owner.read(storage, FILE);
        }
        return now.filter(Owner::stillRuns)
                .filter(other -> !other.equals(owner))
                .isEmpty();
    }

    /**
     * Checks that this process still owns the folder; called before anything becomes final.
     *
     * @throws FolderInUseException when another application has taken the folder
     */
    public void check() {
        if (released) {
            throw new IllegalStateException(storage.path(FILE) + " was released: the process is ending");
        }
        refuse(another, storage, Owner.read(storage, FILE).filter(found -> !isOurs(found)));
    }

    @Override
    public void close() {
        if (!ShutdownHookManager.get().isShutdownInProgress()) {
            ShutdownHookManager.get().removeShutdownHook(atEnd);
        }
        release();
    }

    /** Also runs as a shutdown hook: a process that receives a signal to end may not reach {@link #close}. */
    private synchronized void release() {
        released = true;
        renewal.interrupt();
        if (Owner.read(storage, FILE).filter(this::isOurs).isPresent()) {
            storage.delete(FILE);
        }
    }

    private void renew() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(Owner.RENEWAL.toMillis());
                renewOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed: the thread ends
        }
    }

    // The next renewal replaces a failed one; check() detects a lost lock.
    private synchronized void renewOnce() {
        try {
            if (!renewal.isInterrupted()
                    && Owner.read(storage, FILE).filter(this::isOurs).isPresent()) {
                storage.writeJson(FILE, owner.renew());
            }
        } catch (RuntimeException e) {
            LOG.warn("{} could not be renewed", storage.path(FILE), e);
        }
    }

    private boolean isOurs(Owner other) {
        return other.token().equals(owner.token());
    }

    private static void refuse(String another, Storage storage, Optional<Owner> other) {
        if (other.isPresent()) {
            throw new FolderInUseException(
                    "%s is in use by process %d on %s. Wait until it ends, or choose %s; if that process no longer exists, the folder is free %d seconds after its end (or at once when you delete %s)."
                            .formatted(
                                    storage.path(""),
                                    other.get().process(),
                                    other.get().host(),
                                    another,
                                    Owner.STALE.toSeconds(),
                                    storage.path(FILE)));
        }
    }
}
