package io.recthink.spark.baseline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/** Pieces of work that each start Spark jobs, at the same time, so that small jobs fill a cluster together. */
public final class SideBySide {
    private SideBySide() {}

    /**
     * A piece of work.
     *
     * @param description the name of its Spark jobs
     * @param work must not depend on other pieces
     */
    public record Piece<T>(String description, Supplier<T> work) {}

    /**
     * Does all pieces.
     *
     * @param group a name for the Spark jobs, which no other work has; after a failure these jobs are cancelled
     * @param parallelism the number of pieces done at the same time
     * @return the results in the order of the pieces
     */
    public static <T> List<T> run(SparkContext spark, String group, int parallelism, List<Piece<T>> pieces) {
        boolean done = false;
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallelism, pieces.size()));
        try {
            List<Future<T>> running = new ArrayList<>();
            for (Piece<T> piece : pieces) {
                running.add(threads.submit(() -> {
                    spark.setJobGroup(group, piece.description(), true);
                    return piece.work().get();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : running) {
                results.add(future.get());
            }
            done = true;
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(group + " was interrupted", e);
        } finally {
            threads.shutdownNow(); // after a failure the other pieces are useless
            if (!done) {
                spark.cancelJobGroup(group);
            }
        }
    }
}
