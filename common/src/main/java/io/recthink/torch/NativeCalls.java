package io.recthink.torch;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets calls into libtorch run until the process ends. At its end the C runtime frees what such calls use, and a call that
 * still runs crashes the JVM, with a report in the user's folder: so none begins any more then, and the exit waits for those
 * that have begun. They take milliseconds to seconds.
 */
final class NativeCalls {
    private static final NativeCalls INSTANCE = new NativeCalls();
    private static final long PATIENCE_SECONDS = 20;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** Those of this JVM. */
    static NativeCalls instance() {
        return INSTANCE;
    }

    /** Closes them when the process ends, by a signal too. */
    void closeAtExit() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(PATIENCE_SECONDS), "end of native calls"));
        } catch (IllegalStateException e) { // it is ending
            close(PATIENCE_SECONDS);
        }
    }

    /** Makes a call. After {@link #close} it never returns: its thread waits for the end of the process. */
    <T> T call(Supplier<T> call) {
        lock.readLock().lock();
        try {
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Lets no call begin any more and waits for those that have.
     *
     * @return whether they ended in time
     */
    boolean close(long seconds) {
        try {
            return lock.writeLock().tryLock(seconds, TimeUnit.SECONDS); // and never unlocked
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
