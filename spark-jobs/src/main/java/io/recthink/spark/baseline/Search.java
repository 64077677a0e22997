package io.recthink.spark.baseline;

import io.recthink.InvalidInputException;
import io.recthink.Seeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;

/**
 * The trials of settings on the validation rows.
 *
 * @param trials in the order of the settings
 * @param seconds the wall-clock time of all trials
 */
public record Search<S>(List<Trial<S>> trials, double seconds) {
    public Search {
        trials = List.copyOf(trials);
    }

    /**
     * Tries settings, some of them at the same time. Each trial is a separate chain of Spark jobs, so that small jobs
     * fill a cluster together. The result of a trial must not depend on other trials.
     *
     * @param what the name of the Spark jobs
     * @param parallelism the number of settings tried at the same time
     */
    public static <S> Search<S> of(
            SparkContext spark, String what, List<S> settings, int parallelism, Function<S, Trial<S>> trial) {
        long start = System.nanoTime();
        List<Trial<S>> trials = SideBySide.run(
                spark,
                what,
                parallelism,
                settings.stream()
                        .map(setting -> new SideBySide.Piece<>(what + " " + setting, () -> trial.apply(setting)))
                        .toList());
        return new Search<>(trials, (System.nanoTime() - start) / 1e9);
    }

    /**
     * The settings to try: one first, then others in an order drawn from the seed (random search: Bergstra and Bengio
     * 2012).
     *
     * @param all the settings, the first one among them
     * @param number the largest number of settings
     * @param what a name for the draw
     */
    public static <S> List<S> candidates(List<S> all, S first, int number, long seed, String what) {
        Comparator<Integer> order = Comparator.comparing(
                        (Integer i) -> !all.get(i).equals(first))
                .thenComparing(i -> Seeds.of(seed, 0, what, i));
        return IntStream.range(0, all.size())
                .boxed()
                .sorted(order)
                .limit(number)
                .<S>map(all::get)
                .distinct()
                .toList();
    }

    /** This search, followed by another one. */
    public Search<S> and(Search<S> other) {
        List<Trial<S>> all = new ArrayList<>(trials);
        all.addAll(other.trials);
        return new Search<>(all, seconds + other.seconds);
    }

    /**
     * The trial with the lowest loss, the first of several.
     *
     * @param learningRates the setting to lower when all trainings diverge
     * @throws InvalidInputException when all trainings diverged
     */
    public Trial<S> best(String learningRates) {
        return trials.stream()
                .filter(trial -> Double.isFinite(trial.validationLoss()))
                .min((one, other) -> Double.compare(one.validationLoss(), other.validationLoss()))
                .orElseThrow(() -> new InvalidInputException(
                        "all %d settings diverged; lower the learning rates of the system (%s)"
                                .formatted(trials.size(), learningRates)));
    }
}
