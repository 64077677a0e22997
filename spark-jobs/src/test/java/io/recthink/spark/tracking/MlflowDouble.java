package io.recthink.spark.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tracking server in memory with the rules of MLflow's REST interface 2.0: limits of a request, parameters that never
 * change, metrics that are only added. {@code MlflowServerTest} asks the same of MLflow itself.
 */
final class MlflowDouble implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final Map<String, String> experiments = new LinkedHashMap<>();
    private final List<Run> runs = new ArrayList<>();
    private final List<String> authorizations = new ArrayList<>();
    private int refusal;
    private int asked;

    /** A run as the server has it. */
    static final class Run {
        String id;
        String experiment;
        String name;
        String status = "RUNNING";
        long ended;
        final Map<String, String> tags = new TreeMap<>();
        final Map<String, String> parameters = new TreeMap<>();
        final List<JsonNode> metrics = new ArrayList<>();

        /** The values of a metric by step. */
        Map<Integer, Double> values(String key) {
            Map<Integer, Double> values = new TreeMap<>();
            for (JsonNode metric : metrics) {
                if (metric.get("key").asText().equals(key)) {
                    Double before = values.put(
                            metric.get("step").asInt(), metric.get("value").asDouble());
                    if (before != null) {
                        throw new AssertionError(key + " was sent twice for step " + metric.get("step"));
                    }
                }
            }
            return values;
        }
    }

    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;
        private final String code;

        Failure(int status, String code) {
            super(code);
            this.status = status;
            this.code = code;
        }
    }

    MlflowDouble() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/prefix/api/2.0/mlflow/", this::handle);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/prefix/";
    }

    /** Answers every request with a status from now on; 0: answers well. */
    synchronized void refuse(int status) {
        refusal = status;
    }

    synchronized List<Run> runs() {
        return List.copyOf(runs);
    }

    synchronized Map<String, String> experiments() {
        return Map.copyOf(experiments);
    }

    synchronized List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    synchronized int asked() {
        return asked;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestURI().getPath().replaceFirst(".*/mlflow/", "");
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        asked++;
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        int status = 200;
        JsonNode answer;
        try {
            if (refusal != 0) {
                throw new Failure(refusal, "INTERNAL_ERROR");
            }
            answer = exchange.getRequestMethod().equals("GET")
                    ? get(method, exchange.getRequestURI().getRawQuery())
                    : post(method, JSON.readTree(body));
        } catch (Failure e) {
            status = e.status;
            answer = JSON.createObjectNode().put("error_code", e.code).put("message", "as the test\nwants");
        }
        byte[] bytes = answer.toString().getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private JsonNode get(String method, String query) throws Failure {
        String name = URLDecoder.decode(query.replaceFirst("experiment_name=", ""), UTF_8);
        if (!method.equals("experiments/get-by-name")) {
            throw new Failure(404, "ENDPOINT_NOT_FOUND");
        }
        if (!experiments.containsKey(name)) {
            throw new Failure(404, "RESOURCE_DOES_NOT_EXIST");
        }
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("experiment")
                .put("experiment_id", experiments.get(name))
                .put("name", name);
        return answer;
    }

    private JsonNode post(String method, JsonNode body) throws Failure {
        return switch (method) {
            case "experiments/create" -> {
                String id = Integer.toString(experiments.size() + 1);
                if (experiments.putIfAbsent(body.get("name").asText(), id) != null) {
                    throw new Failure(400, "RESOURCE_ALREADY_EXISTS");
                }
                yield JSON.createObjectNode().put("experiment_id", id);
            }
            case "runs/create" -> create(body);
            case "runs/search" -> search(body);
            case "runs/update" -> {
                Run run = run(body);
                run.status = body.get("status").asText();
                run.ended = body.path("end_time").asLong();
                yield JSON.createObjectNode();
            }
            case "runs/log-batch" -> log(run(body), body);
            default -> throw new Failure(404, "ENDPOINT_NOT_FOUND");
        };
    }

    private JsonNode create(JsonNode body) throws Failure {
        Run run = new Run();
        run.id = "run" + runs.size();
        run.experiment = body.get("experiment_id").asText();
        run.name = body.get("run_name").asText();
        if (!experiments.containsValue(run.experiment) || body.get("start_time").asLong() < 1_500_000_000_000L) {
            throw new Failure(400, "INVALID_PARAMETER_VALUE");
        }
        body.get("tags")
                .forEach(tag ->
                        run.tags.put(tag.get("key").asText(), tag.get("value").asText()));
        runs.add(run);
        ObjectNode answer = JSON.createObjectNode();
        answer.set("run", described(run));
        return answer;
    }

    private JsonNode search(JsonNode body) throws Failure {
        String[] filter = body.get("filter").asText().split("`| = |'", -1);
        if (!filter[0].equals("tags.") || body.get("experiment_ids").size() != 1) {
            throw new Failure(400, "INVALID_PARAMETER_VALUE");
        }
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode found = answer.putArray("runs");
        for (Run run : runs) {
            if (filter[4].equals(run.tags.get(filter[1]))
                    && run.experiment.equals(body.get("experiment_ids").get(0).asText())) {
                found.add(described(run));
            }
        }
        return found.isEmpty() ? JSON.createObjectNode() : answer; // as MLflow: no key without runs
    }

    private static ObjectNode described(Run run) {
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("info").put("run_id", run.id).put("status", run.status);
        ObjectNode data = answer.putObject("data");
        ArrayNode tags = data.putArray("tags");
        run.tags.forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
        ArrayNode metrics = data.putArray("metrics");
        Map<String, JsonNode> latest = new TreeMap<>();
        run.metrics.forEach(metric -> latest.put(metric.get("key").asText(), metric));
        latest.values().forEach(metrics::add);
        return answer;
    }

    private JsonNode log(Run run, JsonNode body) throws Failure {
        if (body.path("metrics").size() > 1000
                || body.path("params").size() > 100
                || body.path("tags").size() > 100) {
            throw new Failure(400, "INVALID_PARAMETER_VALUE");
        }
        for (JsonNode parameter : body.path("params")) {
            String value = parameter.get("value").asText();
            String before = run.parameters.put(parameter.get("key").asText(), value);
            if (value.length() > 500 || (before != null && !before.equals(value))) {
                throw new Failure(400, "INVALID_PARAMETER_VALUE");
            }
        }
        for (JsonNode tag : body.path("tags")) {
            run.tags.put(tag.get("key").asText(), tag.get("value").asText());
        }
        for (JsonNode metric : body.path("metrics")) {
            if (!metric.get("value").isNumber() || metric.get("timestamp").asLong() < 1_500_000_000_000L) {
                throw new Failure(400, "INVALID_PARAMETER_VALUE");
            }
            run.metrics.add(metric);
        }
        return JSON.createObjectNode();
    }

    private Run run(JsonNode body) throws Failure {
        return runs.stream()
                .filter(run -> run.id.equals(body.get("run_id").asText()))
                .findFirst()
                .orElseThrow(() -> new Failure(404, "RESOURCE_DOES_NOT_EXIST"));
    }
}
