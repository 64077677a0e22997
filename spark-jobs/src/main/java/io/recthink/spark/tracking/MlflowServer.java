package io.recthink.spark.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Calls the REST interface of an MLflow tracking server, version 2.0. The credentials are those of MLflow's own clients:
 * the environment variable {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} with
 * {@code MLFLOW_TRACKING_PASSWORD}. Redirects are not followed, so they reach no other server.
 */
final class MlflowServer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final int OK = 200;
    private static final int LONGEST_MESSAGE = 200;

    private final String address;
    private final Optional<String> authorization;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    /** @param environment the variables of the process */
    MlflowServer(String address, Map<String, String> environment) {
        this.address = address.replaceFirst("/+$", "");
        this.authorization = authorization(environment);
    }

    private static Optional<String> authorization(Map<String, String> environment) {
        String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "").strip();
        if (!token.isEmpty()) {
            return Optional.of("Bearer " + token);
        }
        String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
        String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
    }

    /** The address, for messages. */
    String address() {
        return address;
    }

    /** A new JSON object. */
    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** Sends a request with a body. */
    JsonNode post(String method, ObjectNode body) throws Unreachable, Refused, InterruptedException {
        return send(method, request(method).POST(BodyPublishers.ofString(body.toString())));
    }

    /** Sends a request with one parameter. */
    JsonNode get(String method, String name, String value) throws Unreachable, Refused, InterruptedException {
        String query = "%s?%s=%s".formatted(method, name, URLEncoder.encode(value, UTF_8));
        return send(method, request(query).GET());
    }

    private HttpRequest.Builder request(String path) throws Refused {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/" + path))
                .timeout(ANSWER)
                .header("Content-Type", "application/json");
        if (authorization.isPresent()) {
            try {
                request.header("Authorization", authorization.get());
            } catch (IllegalArgumentException e) { // its message has the token
                throw new Refused("MLFLOW_TRACKING_TOKEN has a character that no HTTP header can have", "");
            }
        }
        return request;
    }

    private JsonNode send(String method, HttpRequest.Builder request)
            throws Unreachable, Refused, InterruptedException {
        HttpResponse<String> response;
        try {
            response = client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new Unreachable(
                    "no answer to %s (%s)".formatted(method, e.getClass().getSimpleName()), e);
        }
        if (response.statusCode() == OK) {
            return read(response.body())
                    .orElseThrow(() -> new Unreachable("the answer to %s is no JSON".formatted(method), null));
        }
        JsonNode error = read(response.body()).orElseGet(JSON::createObjectNode);
        String code = error.path("error_code").asText("");
        String message = "status %d from %s %s %s"
                .formatted(
                        response.statusCode(),
                        method,
                        code,
                        line(error.path("message").asText("")))
                .strip();
        if (response.statusCode() >= SERVER_ERROR || response.statusCode() == TOO_MANY_REQUESTS) {
            throw new Unreachable(message, null);
        }
        throw new Refused(message, code);
    }

    private static Optional<JsonNode> read(String body) {
        try {
            return Optional.ofNullable(JSON.readTree(body));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static String line(String message) {
        String line = message.replaceAll("[\\p{Cntrl}\\s]+", " ");
        return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "..." : line;
    }

    /** The server cannot be reached, or is out of order; a later attempt may succeed. */
    static final class Unreachable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The server does not accept the request; another attempt would not help. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;

        Refused(String message, String code) {
            super(message);
            this.code = code;
        }

        /** MLflow's {@code error_code}, such as {@code RESOURCE_DOES_NOT_EXIST}. */
        String code() {
            return code;
        }
    }
}
