package io.recthink.torch;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Blocks new calls into libtorch when the process ends, and waits up to 20 seconds for running calls. At the end of the
 * process the C runtime frees memory that the calls use. A call that still runs then crashes the JVM, with a report in
 * the user's folder. Calls take milliseconds to seconds.
 */
final class NativeCalls {
    private static final NativeCalls INSTANCE = new NativeCalls();
    private static final long PATIENCE_SECONDS = 20;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** The native calls of this JVM. */
    static NativeCalls instance() {
        return INSTANCE;
    }

    /** Calls {@link #close} when the process ends, also when a signal ends it. */
    void closeAtExit() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(PATIENCE_SECONDS), "end of native calls"));
        } catch (IllegalStateException e) { // the JVM is ending already
            close(PATIENCE_SECONDS);
        }
    }

    /**
     * Runs a call into libtorch. After {@link #close} this method never returns: its thread waits for the end of the
     * process.
     */
    <T> T call(Supplier<T> call) {
        lock.readLock().lock();
        try {
            return call.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Blocks new calls and waits for running calls.
     *
     * @param seconds the longest wait
     * @return whether the running calls ended in time
     */
    boolean close(long seconds) {
        try {
            return lock.writeLock().tryLock(seconds, TimeUnit.SECONDS); // the lock is never released
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
