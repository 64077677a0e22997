package io.recthink.chat;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a request once and judges what comes back. Safe for use by many threads. */
final class Exchange {
    /** Most bytes of a response, far above the longest answer of a model. */
    static final int LONGEST_BODY = 16 << 20;

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(20);
    private static final Set<Integer> DENIALS = Set.of(401, 402, 403, 404, 405, 407, 410);
    private static final Set<Integer> RETRIABLE = Set.of(408, 409, 425, 429);

    private final ChatEndpoint endpoint;
    private final Duration timeout;
    private final WaitingClock clock;
    private final ServerMessages messages;
    private final HttpRequest.Builder template;
    private final HttpClient client;

    Exchange(ChatEndpoint endpoint, Duration timeout, WaitingClock clock) {
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.clock = clock;
        this.messages = new ServerMessages(endpoint.key());
        this.template = template(endpoint);
        Duration half = timeout.dividedBy(2);
        this.client = HttpClient.newBuilder()
                // HTTP/2 without TLS begins with an upgrade, which some servers of models refuse.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(half.compareTo(LONGEST_CONNECT) < 0 ? half : LONGEST_CONNECT)
                .build();
    }

    private static HttpRequest.Builder template(ChatEndpoint endpoint) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(endpoint.url())
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .header("User-Agent", "recthink");
        return endpoint.key().isEmpty() ? builder : builder.header(endpoint.header(), endpoint.headerValue());
    }

    /** @param number the number of this attempt, from 1 */
    Attempt attempt(String body, int number) throws InterruptedException {
        long start = clock.nanoseconds();
        try {
            HttpResponse<byte[]> response =
                    send(template.copy().POST(BodyPublishers.ofString(body)).build());
            long milliseconds = TimeUnit.NANOSECONDS.toMillis(clock.nanoseconds() - start);
            return response.statusCode() / 100 == 2
                    ? answered(response, body, milliseconds, number)
                    : refused(response, number);
        } catch (TimeoutException e) {
            String seconds = new BigDecimal(timeout.toMillis())
                    .movePointLeft(3)
                    .stripTrailingZeros()
                    .toPlainString();
            return new Attempt.Retriable("no whole answer within " + seconds + " s", true, Optional.empty());
        } catch (IOException e) {
            return broken(e, number);
        }
    }

    /** The time limit of {@link HttpRequest} ends with the headers of the response; this one includes the body. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException, TimeoutException {
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, headers -> new BoundedBody(LONGEST_BODY));
        try {
            return response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            // Closes the connection of an answer that nobody waits for; a whole answer is not affected.
            response.cancel(true);
        }
    }

    private Attempt answered(HttpResponse<byte[]> response, String body, long milliseconds, int number) {
        try {
            return new Attempt.Final(
                    new ChatOutcome.Answered(AnswerBody.read(response.body(), body, milliseconds, number)));
        } catch (AnswerBody.UnreadableException e) {
            return new Attempt.Retriable(
                    messages.shown("the answer " + e.getMessage()),
                    true,
                    RetryDelay.asked(response.headers(), clock.now()));
        }
    }

    private Attempt refused(HttpResponse<byte[]> response, int number) {
        int status = response.statusCode();
        if (status / 100 == 3) {
            String place = response.headers().firstValue("Location").orElse("another address");
            return denied(
                    status, "redirects to %s; give the final address".formatted(ChatEndpoint.withoutSecrets(place)));
        }
        String message = messages.of(response.body());
        if (DENIALS.contains(status)) {
            return denied(status, message);
        }
        String reason = "status %d: %s".formatted(status, message);
        return status / 100 == 5 || RETRIABLE.contains(status)
                ? new Attempt.Retriable(reason, true, RetryDelay.asked(response.headers(), clock.now()))
                : new Attempt.Final(new ChatOutcome.Failed(reason, number));
    }

    private Attempt denied(int status, String message) {
        return new Attempt.Final(new ChatOutcome.Denied(
                status, "%s: status %d: %s".formatted(endpoint.address(), status, messages.shown(message))));
    }

    private Attempt broken(IOException failure, int number) {
        String message = messages.shown(FailureKind.message(failure));
        String address = endpoint.address();
        return switch (FailureKind.of(failure)) {
            case TOO_LONG ->
                new Attempt.Final(new ChatOutcome.Failed(
                        "the answer has more than %d MiB".formatted(LONGEST_BODY >> 20), number));
            case CERTIFICATE ->
                unreachable(
                        "%s: this JVM does not accept the certificate (%s); import it, or its authority, into the trust "
                                + "store of the JVM on each machine; it must name the host and be valid today",
                        address, message, number);
            case TLS ->
                unreachable(
                        "%s: no TLS connection (%s); the scheme, the port or the TLS versions do not match",
                        address, message, number);
            case NOT_CONNECTED ->
                new Attempt.Retriable("%s: no connection (%s)".formatted(address, message), false, Optional.empty());
            case BROKEN ->
                new Attempt.Retriable("the connection broke (%s)".formatted(message), true, Optional.empty());
        };
    }

    private static Attempt unreachable(String reason, String address, String message, int number) {
        return new Attempt.Final(new ChatOutcome.Unreachable(reason.formatted(address, message), number));
    }
}
