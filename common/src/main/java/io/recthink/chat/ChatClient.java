package io.recthink.chat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Asks a server that speaks the chat completions protocol of OpenAI. Safe for use by many threads, which then share the
 * limits of rate and the connections.
 *
 * <p>Another attempt follows a broken connection, a time limit, the status 408, 409, 425, 429 or 5xx, and a body that
 * is no whole answer. Before it the client waits for as long as {@code Retry-After} asks, at most 10 minutes. Where the
 * server asks for nothing, the wait is random; its bound doubles from 0.5 s to 60 s. A certificate that is not accepted
 * is not tried again.
 *
 * <p>The JVM's trust store decides about certificates, and the JVM's properties name the proxy. Redirects are not
 * followed, so the key reaches no other server. A body of more than 16 MiB fails the request. This class logs nothing.
 */
public final class ChatClient {
    private final ChatLimits limits;
    private final WaitingClock clock;
    private final Exchange exchange;
    private final RetryDelay delay;
    private final RateLimit requests;
    private final RateLimit tokens;

    /** @throws IllegalArgumentException if the name of the key's header is reserved, such as {@code Host} */
    public ChatClient(ChatEndpoint endpoint, ChatLimits limits) {
        this(endpoint, limits, WaitingClock.SYSTEM, () -> ThreadLocalRandom.current()
                .nextDouble());
    }

    /** @param random numbers from 0 to 1 for the waits before attempts */
    ChatClient(ChatEndpoint endpoint, ChatLimits limits, WaitingClock clock, DoubleSupplier random) {
        this.limits = limits;
        this.clock = clock;
        this.exchange = new Exchange(endpoint, limits.timeout(), clock);
        this.delay = new RetryDelay(random);
        this.requests = new RateLimit(limits.requestsPerMinute(), clock);
        this.tokens = new RateLimit(limits.tokensPerMinute(), clock);
    }

    /**
     * Asks until there is an answer, a refusal or the last attempt.
     *
     * @param body the JSON text of the request, as {@link ChatBody#json} writes it
     * @param estimatedTokens the tokens of prompt and answer that each attempt takes from the tokens of a minute, at
     *     least 0; an answer corrects it to the tokens that were used
     * @throws InterruptedException if the thread was interrupted; the connection is closed
     */
    public ChatOutcome ask(String body, long estimatedTokens) throws InterruptedException {
        if (estimatedTokens < 0) {
            throw new IllegalArgumentException(
                    "estimatedTokens must be at least 0 (was %d)".formatted(estimatedTokens));
        }
        boolean connected = false;
        for (int attempt = 1; ; attempt++) {
            waitForTurn(estimatedTokens);
            Attempt result = exchange.attempt(body, attempt);
            if (result instanceof Attempt.Final last) {
                correct(last.outcome(), estimatedTokens);
                return last.outcome();
            }
            Attempt.Retriable failed = (Attempt.Retriable) result;
            connected |= failed.connected();
            if (attempt == limits.attempts()) {
                return connected
                        ? new ChatOutcome.Failed(failed.reason(), attempt)
                        : new ChatOutcome.Unreachable(failed.reason(), attempt);
            }
            clock.sleep(delay.after(attempt, failed.askedWait()));
        }
    }

    private void waitForTurn(long estimatedTokens) throws InterruptedException {
        Duration request = requests.take(1);
        Duration token = tokens.take((double) estimatedTokens);
        Duration longer = request.compareTo(token) > 0 ? request : token;
        if (!longer.isZero()) {
            clock.sleep(longer);
        }
    }

    private void correct(ChatOutcome outcome, long estimatedTokens) {
        if (outcome instanceof ChatOutcome.Answered answered) {
            ChatAnswer answer = answered.answer();
            tokens.giveBack((double) (estimatedTokens - answer.promptTokens() - answer.completionTokens()));
        }
    }
}
