package io.recthink.spark.baseline;

import io.recthink.spark.Activity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/** Pieces of work that each start Spark jobs, at the same time, so that small jobs fill a cluster together. */
public final class SideBySide {
    private static final long SECONDS_TO_END = 60;

    private SideBySide() {}

    /**
     * A piece of work.
     *
     * @param description the name of its Spark jobs
     * @param work must not depend on other pieces
     */
    public record Piece<T>(String description, Supplier<T> work) {}

    /**
     * Does all pieces. The first failure ends the others.
     *
     * @param name a name for the Spark jobs
     * @param parallelism the number of pieces done at the same time
     * @return the results in the order of the pieces
     */
    public static <T> List<T> run(SparkContext spark, String name, int parallelism, List<Piece<T>> pieces) {
        String group = Activity.group(spark, name + " " + UUID.randomUUID());
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallelism, pieces.size()));
        boolean done = false;
        try {
            CompletionService<Integer> running = new ExecutorCompletionService<>(threads);
            List<T> results = new ArrayList<>(Collections.nCopies(pieces.size(), null));
            for (int i = 0; i < pieces.size(); i++) {
                int place = i;
                running.submit(() -> {
                    spark.setJobGroup(group, pieces.get(place).description(), true);
                    results.set(place, pieces.get(place).work().get());
                    return place;
                });
            }
            for (int i = 0; i < pieces.size(); i++) {
                running.take().get();
            }
            done = true;
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(name + " was interrupted", e);
        } finally {
            threads.shutdownNow();
            if (!done) {
                spark.cancelJobGroup(group);
                awaitEnd(threads);
            }
        }
    }

    /** The caller removes what the pieces were writing. */
    private static void awaitEnd(ExecutorService threads) {
        try {
            threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
