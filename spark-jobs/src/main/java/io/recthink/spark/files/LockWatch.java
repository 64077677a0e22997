package io.recthink.spark.files;

import java.util.Optional;

/**
 * Watches the lock of a folder for somebody who only reads. An owner on another host counts as ended when its lock has not changed
 * for {@link Owner#STALE} on the clock of this process: the clocks of the hosts may differ. For one thread.
 */
public final class LockWatch {
    private final Storage storage;
    private Owner last;
    private long changed = System.nanoTime();

    public LockWatch(Storage storage) {
        this.storage = storage;
    }

    /** Whether a running application has the lock. */
    public boolean isHeld() {
        Optional<Owner> owner = Owner.read(storage, FolderLock.FILE);
        if (owner.isEmpty()) {
            return storage.exists(FolderLock.FILE); // it is being renewed
        }
        if (owner.get().isHere()) {
            return owner.get().stillRuns();
        }
        if (!owner.get().equals(last)) {
            last = owner.get();
            changed = System.nanoTime();
        }
        return System.nanoTime() - changed < Owner.STALE.toNanos();
    }
}
