package io.recthink.spark.report;

import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * The metrics of a run by step. Of a long run, every n-th step and the last one are read.
 *
 * @param steps ascending
 * @param every 1 when all steps are read, otherwise n
 * @param values by metric name, one value a step; NaN where a step lacks the metric
 */
public record Curves(List<Integer> steps, int every, Map<String, double[]> values) {
    static final int MOST_STEPS = 2000;

    /**
     * Reads the metrics of a run. Steps without metrics, such as a starting policy without validation, are left out.
     *
     * @param complete the complete steps of the run
     * @param most largest number of steps to read, besides the last one
     */
    static Curves read(RunFolder run, List<Integer> complete, int most) {
        int every = Math.max(1, (complete.size() + most - 1) / most);
        List<Integer> chosen = IntStream.range(0, complete.size())
                .filter(i -> i % every == 0 || i == complete.size() - 1)
                .mapToObj(complete::get)
                .toList();
        Map<Integer, Map<String, Double>> metrics = new TreeMap<>();
        chosen.forEach(step -> run.numbers(step)
                .or(() -> step == 0 ? firstValidation(run) : Optional.empty())
                .ifPresent(found -> metrics.put(step, found)));
        return of(metrics, every);
    }

    /** Validation of step 0 from its manifest, for runs without a metrics file of step 0. */
    private static Optional<Map<String, Double>> firstValidation(RunFolder run) {
        return run.manifest(0)
                .map(Manifest::best)
                .filter(best -> best.mae() != null)
                .map(best -> {
                    Map<String, Double> metrics = new TreeMap<>(Map.of("eval/mae", best.mae()));
                    Optional.ofNullable(best.failures()).ifPresent(share -> metrics.put("eval/failures", share));
                    return metrics;
                });
    }

    /**
     * The metrics of the complete steps of a run; of a sample of steps when the run has more than {@link #MOST_STEPS}.
     *
     * @return empty when the folder contains no run with metrics
     */
    public static Optional<Curves> find(String run, Configuration hadoop) {
        RunFolder folder = RunFolder.at(run, hadoop);
        if (!folder.exists()) {
            return Optional.empty();
        }
        List<Integer> steps = folder.manifests().stream().map(Manifest::step).toList();
        return Optional.of(read(folder, steps, MOST_STEPS)).filter(curves -> !curves.isEmpty());
    }

    private static Curves of(Map<Integer, Map<String, Double>> metrics, int every) {
        Map<String, double[]> values = new TreeMap<>();
        int at = 0;
        for (Map<String, Double> step : metrics.values()) {
            for (Map.Entry<String, Double> entry : step.entrySet()) {
                values.computeIfAbsent(entry.getKey(), name -> missing(metrics.size()))[at] = entry.getValue();
            }
            at++;
        }
        return new Curves(List.copyOf(metrics.keySet()), every, values);
    }

    private static double[] missing(int size) {
        double[] values = new double[size];
        Arrays.fill(values, Double.NaN);
        return values;
    }

    boolean isEmpty() {
        return steps.isEmpty();
    }

    Set<String> names() {
        return values.keySet();
    }

    /** The values of a metric; empty when no step has it. */
    public Optional<double[]> of(String name) {
        return Optional.ofNullable(values.get(name));
    }

    double[] present(String name) {
        return Arrays.stream(values.getOrDefault(name, new double[0]))
                .filter(Double::isFinite)
                .toArray();
    }
}
