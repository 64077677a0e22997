package io.recthink.spark.training;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Saves a step while the next one is computed, one step at a time. Belongs to one thread of the driver. */
final class BackgroundSaving implements AutoCloseable {
    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private Future<?> saving = CompletableFuture.completedFuture(null);
    private int step;

    /** Begins to save a step; the one before must have been {@link #await awaited}. */
    void begin(int saved, Runnable work) {
        step = saved;
        saving = background.submit(work);
    }

    /** Waits until the step is saved; throws what has made it fail. */
    void await() {
        Future<?> last = saving;
        saving = CompletableFuture.completedFuture(null); // what has failed is told once
        try {
            last.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while step " + step + " was saved", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("step " + step + " cannot be saved", e.getCause());
        }
    }

    @Override
    public void close() {
        try {
            await();
        } finally {
            background.shutdown();
        }
    }
}
