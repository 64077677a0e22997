package io.recthink.spark.report;

import java.util.Arrays;
import java.util.List;

/**
 * Mean duration of the stages of a step, over the steps of a run, in seconds.
 *
 * @param stages in their order
 * @param step the whole step
 */
record StageTimes(List<Stage> stages, Stage step) {
    private static final List<String> NAMES = List.of("fetch", "rollout", "score", "gradient", "learn", "publish");

    /**
     * One stage.
     *
     * @param seconds its duration
     * @param engine the part of the duration in which the model or the optimizer computes
     */
    record Stage(String name, double seconds, double engine) {
        /** Time spent by the cluster: scheduling, loading, shuffling, reading and writing. */
        double outside() {
            return seconds - engine;
        }
    }

    static StageTimes of(Curves curves) {
        List<Stage> stages = NAMES.stream()
                .filter(name -> curves.present("time/" + name).length > 0)
                .map(name -> new Stage(name, mean(curves, "time/" + name), mean(curves, "engine_time/" + name)))
                .toList();
        double engine = stages.stream().mapToDouble(Stage::engine).sum();
        return new StageTimes(stages, new Stage("step", mean(curves, "step_time"), engine));
    }

    private static double mean(Curves curves, String metric) {
        return Arrays.stream(curves.present(metric)).average().orElse(0);
    }
}
