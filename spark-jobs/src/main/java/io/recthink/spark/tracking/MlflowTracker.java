package io.recthink.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import io.recthink.spark.tracking.MlflowServer.Refused;
import io.recthink.spark.tracking.MlflowServer.Unreachable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a run to an MLflow tracking server, in a thread of its own. A resumed run goes on in the same MLflow run, which is
 * found by a tag. What the server does not have is sent when it can be reached again: the run folder has the metrics of
 * all steps. So a server that is down costs one warning.
 */
final class MlflowTracker implements RunTracker {
    private static final Logger LOG = LoggerFactory.getLogger(MlflowTracker.class);

    // MLflow's limits of one request.
    private static final int METRICS_OF_A_REQUEST = 1000;
    private static final int PARAMETERS_OF_A_REQUEST = 100;
    private static final int LONGEST_PARAMETER = 500;
    private static final int LONGEST_TAG = 5000;

    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(10);
    private static final String ABSENT = "RESOURCE_DOES_NOT_EXIST";
    private static final String PRESENT = "RESOURCE_ALREADY_EXISTS";
    private static final String STOPPED = "recthink.stopped";
    private static final String LOG_BATCH = "runs/log-batch";
    private static final String UPDATE = "runs/update";
    private static final String RUN_ID = "run_id";
    private static final String EXPERIMENT_ID = "experiment_id";
    private static final String STATUS = "status";
    private static final String VALUE = "value";
    private static final String KEY = "key";

    private final MlflowServer server;
    private final TrackingSettings settings;
    private final MlflowRun run;
    private final RunFolder folder;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread sender = new Thread(this::send, "mlflow");

    // Of the thread that sends.
    private final TreeMap<Integer, Saved> pending = new TreeMap<>();
    private final Map<String, String> tags = new LinkedHashMap<>();
    private String id = "";
    private int newestSent = -1;
    private boolean warned;

    // Of the thread that trains.
    private String end = "FAILED";

    /** Something to tell the server. */
    private sealed interface Event permits Begun, Saved, Tagged, Closed {}

    private record Begun() implements Event {}

    private record Saved(int step, long milliseconds, Map<String, ?> metrics) implements Event {}

    private record Tagged(Map<String, String> tags) implements Event {}

    private record Closed(String status) implements Event {}

    private MlflowTracker(MlflowServer server, TrackingSettings settings, MlflowRun run, RunFolder folder) {
        this.server = server;
        this.settings = settings;
        this.run = run;
        this.folder = folder;
        sender.setDaemon(true);
    }

    /** Begins to send a run; returns at once. */
    static MlflowTracker begin(MlflowServer server, TrackingSettings settings, MlflowRun run, RunFolder folder) {
        MlflowTracker tracker = new MlflowTracker(server, settings, run, folder);
        tracker.events.add(new Begun());
        tracker.sender.start();
        return tracker;
    }

    @Override
    public void saved(int step, Map<String, ?> metrics) {
        if (!sender.isAlive()) {
            return; // the server has refused the run
        }
        events.add(new Saved(step, System.currentTimeMillis(), new LinkedHashMap<>(metrics)));
    }

    @Override
    public void ended(int chosen, String policy) {
        end = "FINISHED";
        events.add(new Tagged(Map.of("recthink.chosen_step", Integer.toString(chosen), "recthink.policy", policy)));
    }

    @Override
    public void stopped(String reason) {
        events.add(new Tagged(Map.of(STOPPED, reason)));
    }

    @Override
    public void close() {
        events.add(new Closed(end));
        try {
            sender.join(PATIENCE_AT_THE_END.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (sender.isAlive()) {
            LOG.warn("MLflow at {} does not answer in time: it may lack the end of this run", server.address());
            sender.interrupt();
        }
    }

    private void send() {
        try {
            boolean closed = false;
            while (!closed) {
                closed = sendNext();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Refused e) {
            LOG.warn(
                    "MLflow at {} refuses this run: {}. The training goes on without it.",
                    server.address(),
                    e.getMessage());
        }
    }

    /** Waits for something to tell, then tells all there is; returns whether the run was closed. */
    private boolean sendNext() throws InterruptedException, Refused {
        List<Event> found = new ArrayList<>(List.of(events.take()));
        events.drainTo(found);
        String status = "";
        for (Event event : found) {
            if (event instanceof Saved saved) {
                pending.put(saved.step(), saved);
            } else if (event instanceof Tagged tagged) {
                tags.putAll(tagged.tags());
            } else if (event instanceof Closed closed) {
                status = closed.status();
            }
        }
        try {
            deliver(status);
            if (warned) {
                LOG.info("MLflow at {} can be reached again and has all steps", server.address());
                warned = false;
            }
        } catch (Unreachable e) {
            warn(e.getMessage(), status);
        } catch (RuntimeException e) { // the run folder cannot be read now
            warn(e.toString(), status);
        }
        return !status.isEmpty();
    }

    private void warn(String reason, String status) {
        if (!status.isEmpty()) {
            LOG.warn(
                    "MLflow at {} lacks the end of this run: {}. With another --resume it would get it.",
                    server.address(),
                    reason);
        } else if (!warned) {
            LOG.warn(
                    "MLflow at {} cannot be reached: {}. The training goes on, and sends what is missing when it can.",
                    server.address(),
                    reason);
            warned = true;
        }
    }

    private void deliver(String status) throws Unreachable, Refused, InterruptedException {
        if (id.isEmpty()) {
            attach();
        }
        sendMetrics();
        sendTags(tags);
        tags.clear();
        if (!status.isEmpty()) {
            ObjectNode update = MlflowServer.object()
                    .put(RUN_ID, id)
                    .put(STATUS, status)
                    .put("end_time", System.currentTimeMillis());
            server.post(UPDATE, update);
        }
    }

    /** Finds the run by its tag, or creates it; then what the server lacks is pending. */
    private void attach() throws Unreachable, Refused, InterruptedException {
        String experiment = experiment();
        ObjectNode search = MlflowServer.object()
                .put("filter", "tags.`%s` = '%s'".formatted(MlflowRun.ID, run.id()))
                .put("max_results", 1);
        search.putArray("experiment_ids").add(experiment);
        JsonNode found = server.post("runs/search", search).path("runs").path(0);
        if (found.isMissingNode()) {
            found = server.post("runs/create", description(experiment)).path("run");
            LOG.info("MLflow at {} has this run as {}", server.address(), idOf(found));
        } else {
            newestSent = newestSent(found.path("data").path("metrics"));
            if (has(found.path("data").path("tags"), STOPPED)) {
                tags.putIfAbsent(STOPPED, ""); // it goes on
            }
            server.post(UPDATE, MlflowServer.object().put(RUN_ID, idOf(found)).put(STATUS, "RUNNING"));
            LOG.info("MLflow at {} goes on with run {} after step {}", server.address(), idOf(found), newestSent);
        }
        // The same values again are no error.
        sendParameters(idOf(found));
        id = idOf(found);
        for (Manifest manifest : folder.manifests(newestSent)) {
            int step = manifest.step();
            if (!pending.containsKey(step)) {
                folder.numbers(step)
                        .ifPresent(numbers -> pending.put(
                                step, new Saved(step, folder.completed(step).toEpochMilli(), numbers)));
            }
        }
    }

    /** The newest step of which the server has a metric of this program; a person may have added others. */
    private int newestSent(JsonNode metrics) {
        Set<String> ours = folder.newest()
                .flatMap(newest -> folder.numbers(newest.step()))
                .map(Map::keySet)
                .orElse(Set.of());
        int newest = -1;
        for (JsonNode metric : metrics) {
            if (ours.contains(metric.path(KEY).asText())) {
                newest = Math.max(newest, metric.path("step").asInt(-1));
            }
        }
        return newest;
    }

    private static boolean has(JsonNode tags, String name) {
        for (JsonNode tag : tags) {
            if (tag.path(KEY).asText().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String idOf(JsonNode found) throws Unreachable {
        String id = found.path("info").path(RUN_ID).asText("");
        if (id.isEmpty()) {
            throw new Unreachable("its answer names no run", null);
        }
        return id;
    }

    private String experiment() throws Unreachable, Refused, InterruptedException {
        String name = settings.experiment().isEmpty() ? run.experiment() : settings.experiment();
        try {
            return experiment(name);
        } catch (Refused e) {
            if (!e.code().equals(ABSENT)) {
                throw e;
            }
        }
        try {
            return server.post("experiments/create", MlflowServer.object().put("name", name))
                    .path(EXPERIMENT_ID)
                    .asText();
        } catch (Refused e) {
            if (!e.code().equals(PRESENT)) { // another run has created it in between
                throw e;
            }
            return experiment(name);
        }
    }

    private String experiment(String name) throws Unreachable, Refused, InterruptedException {
        return server.get("experiments/get-by-name", "experiment_name", name)
                .path("experiment")
                .path(EXPERIMENT_ID)
                .asText();
    }

    private ObjectNode description(String experiment) {
        ObjectNode description = MlflowServer.object()
                .put(EXPERIMENT_ID, experiment)
                .put("run_name", run.name())
                .put("start_time", run.created().toEpochMilli());
        Map<String, String> all = new TreeMap<>(settings.tags());
        all.putAll(run.tags());
        description.set("tags", pairs(all, LONGEST_TAG));
        return description;
    }

    private void sendParameters(String to) throws Unreachable, Refused, InterruptedException {
        Map<String, String> part = new TreeMap<>();
        for (Map.Entry<String, String> parameter : new TreeMap<>(run.parameters()).entrySet()) {
            part.put(parameter.getKey(), parameter.getValue());
            if (part.size() == PARAMETERS_OF_A_REQUEST) {
                sendParameters(to, part);
                part.clear();
            }
        }
        sendParameters(to, part);
    }

    private void sendParameters(String to, Map<String, String> part) throws Unreachable, Refused, InterruptedException {
        ObjectNode batch = MlflowServer.object().put(RUN_ID, to);
        batch.set("params", pairs(part, LONGEST_PARAMETER));
        server.post(LOG_BATCH, batch);
    }

    private void sendTags(Map<String, String> found) throws Unreachable, Refused, InterruptedException {
        if (!found.isEmpty()) {
            ObjectNode batch = MlflowServer.object().put(RUN_ID, id);
            batch.set("tags", pairs(found, LONGEST_TAG));
            server.post(LOG_BATCH, batch);
        }
    }

    private static ArrayNode pairs(Map<String, String> values, int longest) {
        ArrayNode pairs = MlflowServer.object().putArray("pairs");
        values.forEach((key, value) ->
                pairs.addObject().put(KEY, key).put(VALUE, value.substring(0, Math.min(longest, value.length()))));
        return pairs;
    }

    private void sendMetrics() throws Unreachable, Refused, InterruptedException {
        while (!pending.isEmpty()) {
            ObjectNode batch = MlflowServer.object().put(RUN_ID, id);
            ArrayNode metrics = batch.putArray("metrics");
            int last = newestSent;
            for (Saved saved : pending.values()) {
                if (!metrics.isEmpty() && metrics.size() + saved.metrics().size() > METRICS_OF_A_REQUEST) {
                    break;
                }
                if (saved.step() > newestSent) {
                    add(metrics, saved);
                }
                last = Math.max(last, saved.step());
            }
            if (!metrics.isEmpty()) {
                server.post(LOG_BATCH, batch);
            }
            newestSent = last;
            pending.headMap(last, true).clear();
        }
    }

    private static void add(ArrayNode metrics, Saved saved) {
        saved.metrics().forEach((name, value) -> {
            if (value instanceof Number number && Double.isFinite(number.doubleValue()) && !name.equals("step")) {
                metrics.addObject()
                        .put(KEY, name)
                        .put(VALUE, number.doubleValue())
                        .put("timestamp", saved.milliseconds())
                        .put("step", saved.step());
            }
        });
    }
}
