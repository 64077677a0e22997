package io.recthink.spark.tracking;

import io.recthink.spark.run.RunFolder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All trackers of a run as one. */
public final class Trackers implements RunTracker {
    private static final Logger LOG = LoggerFactory.getLogger(Trackers.class);

    private final List<RunTracker> trackers;

    private Trackers(List<RunTracker> trackers) {
        this.trackers = List.copyOf(trackers);
    }

    /**
     * Begins to follow a run: as a source of Spark's metrics system, and in MLflow if the settings name a server.
     *
     * @param folder the run, with its {@code run.json}
     * @param name the label of the run
     * @param sections the keys and sections of its configuration on which it depends
     * @param step the newest step of the run
     * @param steps the last one to come
     */
    public static Trackers of(
            TrackingSettings settings, RunFolder folder, String name, List<String> sections, int step, int steps) {
        List<RunTracker> trackers = new ArrayList<>();
        attempt(() -> {
            TrainingSource source = TrainingSource.register(step, steps, Clock.systemUTC());
            trackers.add(source);
            folder.numbers(step).ifPresent(numbers -> source.saved(step, numbers));
        });
        if (!settings.mlflow().isEmpty()) {
            attempt(() -> trackers.add(MlflowTracker.begin(
                    new MlflowServer(settings.mlflow(), System.getenv()),
                    settings,
                    MlflowRun.of(folder, name, sections),
                    folder)));
        }
        return new Trackers(trackers);
    }

    /** Keeps a failure away from the training. */
    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("the metrics of this run are not sent; the training goes on", e);
        }
    }

    @Override
    public void saved(int step, Map<String, ?> metrics) {
        trackers.forEach(tracker -> attempt(() -> tracker.saved(step, metrics)));
    }

    @Override
    public void ended(int chosen, String policy) {
        trackers.forEach(tracker -> attempt(() -> tracker.ended(chosen, policy)));
    }

    @Override
    public void stopped(String reason) {
        trackers.forEach(tracker -> attempt(() -> tracker.stopped(reason)));
    }

    @Override
    public void close() {
        trackers.forEach(tracker -> attempt(tracker::close));
    }
}
