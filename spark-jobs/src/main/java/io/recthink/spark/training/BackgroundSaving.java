package io.recthink.spark.training;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Saves one step in the background while the next step is computed. For one thread of the driver. */
final class BackgroundSaving implements AutoCloseable {
    private final ExecutorService background = Executors.newSingleThreadExecutor();
    private Future<?> saving = CompletableFuture.completedFuture(null);
    private int step;

    /** Begins to save a step; call {@link #await} for the previous step before. */
    void begin(int saved, Runnable work) {
        step = saved;
        saving = background.submit(work);
    }

    /** Waits until the step is saved; throws the exception of a failed save. */
    void await() {
        Future<?> last = saving;
        saving = CompletableFuture.completedFuture(null); // a failure is thrown only once
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
