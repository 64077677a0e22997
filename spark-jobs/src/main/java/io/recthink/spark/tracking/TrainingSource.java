package io.recthink.spark.tracking;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;

/**
 * The newest metrics of a training as gauges of Spark's metrics system, so that the sinks of a cluster see them: the
 * gauge {@code APPLICATION.driver.recthink.reward}, for example. A gauge without a value is NaN.
 */
public final class TrainingSource implements Source, RunTracker {
    /** Metrics of {@code metrics.json} that become gauges. A slash in a name becomes a dot. */
    static final List<String> GAUGES = List.of(
            "reward",
            "train_mae",
            "eval/mae",
            "format_rate",
            "frac_reward_zero_std",
            "loss",
            "entropy",
            "kl",
            "grad_norm",
            "completions/mean_length",
            "tokens_per_second/rollout",
            "tokens_per_second/gradient",
            "step_time");

    private final MetricRegistry registry = new MetricRegistry();
    private final Map<String, Double> values = new ConcurrentHashMap<>();
    private final Clock clock;
    private final MetricsSystem system;

    private TrainingSource(int step, int steps, Clock clock, MetricsSystem system) {
        this.clock = clock;
        this.system = system;
        values.put("step", (double) step);
        values.put("steps", (double) steps);
        gauge("step");
        gauge("steps");
        gauge("saved_at");
        GAUGES.forEach(this::gauge);
    }

    private void gauge(String name) {
        registry.register(name.replace('/', '.'), (Gauge<Double>) () -> values.getOrDefault(name, Double.NaN));
    }

    /**
     * Registers the source with the metrics system of the driver.
     *
     * @param step the newest step of the run
     * @param steps the last one to come
     * @param clock for the gauge {@code saved_at}, seconds since 1970 of the newest saved step
     */
    static TrainingSource register(int step, int steps, Clock clock) {
        MetricsSystem system = SparkEnv.get().metricsSystem();
        TrainingSource source = new TrainingSource(step, steps, clock, system);
        system.registerSource(source);
        return source;
    }

    @Override
    public String sourceName() {
        return "recthink";
    }

    @Override
    public MetricRegistry metricRegistry() {
        return registry;
    }

    @Override
    public void saved(int step, Map<String, ?> metrics) {
        values.put("step", (double) step);
        values.put("saved_at", clock.millis() / 1000.0);
        GAUGES.forEach(name -> {
            if (metrics.get(name) instanceof Number value) {
                values.put(name, value.doubleValue());
            }
        });
    }

    @Override
    public void ended(int chosen, String policy) {
        // The gauges keep their last values until the run is closed.
    }

    @Override
    public void stopped(String reason) {
        // As above.
    }

    @Override
    public void close() {
        system.removeSource(this);
    }
}
