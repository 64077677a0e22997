package io.recthink.spark.baseline;

import io.recthink.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.spark.SparkContext;

/**
 * Settings tried on validation.
 *
 * @param trials in the order in which the settings were given
 * @param seconds what all of them took
 */
public record Search<S>(List<Trial<S>> trials, double seconds) {
    public Search {
        trials = List.copyOf(trials);
    }

    /**
     * Tries settings, some at the same time: each is a chain of Spark jobs of its own, so that small ones fill a cluster
     * together. What a trial finds must not depend on the others.
     *
     * @param what for the names of the Spark jobs
     * @param parallelism settings tried at the same time
     */
    public static <S> Search<S> of(
            SparkContext spark, String what, List<S> settings, int parallelism, Function<S, Trial<S>> trial) {
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(parallelism, settings.size()));
        try {
            List<Future<Trial<S>>> running = new ArrayList<>();
            for (S setting : settings) {
                running.add(threads.submit(() -> {
                    spark.setJobGroup(what, what + " " + setting, true);
                    return trial.apply(setting);
                }));
            }
            List<Trial<S>> trials = new ArrayList<>();
            for (Future<Trial<S>> future : running) {
                trials.add(future.get());
            }
            return new Search<>(trials, (System.nanoTime() - start) / 1e9);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(what + " was interrupted", e);
        } finally {
            threads.shutdownNow(); // after a failure the others are of no use
            spark.cancelJobGroup(what);
        }
    }

    /** This search and one after it. */
    public Search<S> and(Search<S> other) {
        List<Trial<S>> all = new ArrayList<>(trials);
        all.addAll(other.trials);
        return new Search<>(all, seconds + other.seconds);
    }

    /**
     * The trial with the lowest loss; of several, the first.
     *
     * @throws InvalidInputException when all trainings diverged
     */
    public Trial<S> best() {
        return trials.stream()
                .filter(trial -> Double.isFinite(trial.validationLoss()))
                .min((one, other) -> Double.compare(one.validationLoss(), other.validationLoss()))
                .orElseThrow(() -> new InvalidInputException(
                        "mf: all %d settings diverged; lower the learning rates of the system (mf.learningRates)"
                                .formatted(trials.size())));
    }
}
