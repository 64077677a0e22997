package io.recthink.chat;

import static io.recthink.chat.MisbehavingServer.answer;
import static io.recthink.chat.MisbehavingServer.completion;
import static io.recthink.chat.MisbehavingServer.json;
import static io.recthink.chat.MisbehavingServer.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.recthink.chat.ChatOutcome.Answered;
import io.recthink.chat.ChatOutcome.Denied;
import io.recthink.chat.ChatOutcome.Failed;
import io.recthink.chat.ChatOutcome.Unreachable;
import io.recthink.chat.MisbehavingServer.Behaviour;
import io.recthink.chat.MisbehavingServer.Request;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client in front of a server that breaks the rules. */
@Timeout(60)
class ChatClientTest {
    private static final String KEY = "sk-A/secret\"42";
    private static final String BODY = "{\"model\":\"asked-model\"}";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final FakeClock clock = new FakeClock();
    private MisbehavingServer server;

    @BeforeEach
    void start() throws IOException {
        server = MisbehavingServer.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void anAnswerHasTextFinishModelAndTokens() throws InterruptedException {
        server.next(answer("a fine film"));
        assertThat(answerTo(ask()))
                .isEqualTo(new ChatAnswer("a fine film", Optional.empty(), "stop", "served-model", 7, 3, 0, 1));
    }

    @Test
    void theRequestIsSentAsItIs() throws InterruptedException {
        ask();
        Request request = server.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.path()).isEqualTo("/v1/chat/completions");
        assertThat(request.body()).isEqualTo(BODY);
        assertThat(request.headers())
                .containsEntry("content-type", "application/json")
                .doesNotContainKey("upgrade");
    }

    @Test
    void theKeyTravelsInTheHeaderThatTheServerWants() throws InterruptedException {
        ask(new ChatEndpoint(server.url(), "authorization", KEY), 1, LONG);
        ask(new ChatEndpoint(server.url(), "api-key", KEY), 1, LONG);
        ask(new ChatEndpoint(server.url(), "Authorization", ""), 1, LONG);
        assertThat(server.requests().get(0).headers()).containsEntry("authorization", "Bearer " + KEY);
        assertThat(server.requests().get(1).headers())
                .containsEntry("api-key", KEY)
                .doesNotContainKey("authorization");
        assertThat(server.requests().get(2).headers()).doesNotContainKey("authorization");
    }

    @Test
    void aReservedHeaderCannotCarryTheKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client(new ChatEndpoint(server.url(), "Host", KEY), 1, LONG))
                .withMessageContaining("Host")
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain(KEY));
    }

    @Test
    void textsOfAllLanguagesArriveUnchanged() throws InterruptedException {
        String text =
                "\u041E\u0447\u0435\u043D\u044C \u0445\u043E\u0440\u043E\u0448\u043E \u2014 \u975E\u5E38\u597D\uFF0C\u3068\u3066\u3082 \uD83D\uDC4D\uD83C\uDFFD "
                        + "\u0627\u0644\u0641\u064A\u0644\u0645 e\u0301 \"\\\n\t\u0001";
        String body = "{\"model\":\"m\",\"messages\":\"" + "\u597D\uD83D\uDE00" + "\"}";
        server.next(answer(text));
        assertThat(answerTo(client(1, LONG).ask(body, 0)).text()).isEqualTo(text);
        assertThat(server.requests().get(0).body()).isEqualTo(body);
    }

    @Test
    void aCharacterMayArriveInTwoParts() throws InterruptedException {
        server.next((request, connection) -> {
            byte[] body = completion("\uD83D\uDE00").getBytes(UTF_8);
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
            int middle = completion("\uD83D\uDE00").indexOf('\uD83D') + 2;
            connection.write(Arrays.copyOf(body, middle));
            Thread.sleep(200);
            connection.write(Arrays.copyOfRange(body, middle, body.length));
        });
        assertThat(answerTo(ask()).text()).isEqualTo("\uD83D\uDE00");
    }

    @Test
    void oneConnectionServesManyRequests() throws InterruptedException {
        ChatClient client = client(1, LONG);
        for (int i = 0; i < 5; i++) {
            answerTo(client.ask(BODY, 0));
        }
        assertThat(server.connections()).isEqualTo(1);
    }

    // Retries.

    @ParameterizedTest
    @ValueSource(ints = {408, 409, 425, 429, 500, 502, 503, 504, 529})
    void aPassingErrorIsTriedAgain(int status) throws InterruptedException {
        server.next(status(status, "{\"error\":{\"message\":\"later\"}}"));
        ChatAnswer answer = answerTo(ask());
        assertThat(answer.text()).isEqualTo("good");
        assertThat(answer.attempts()).isEqualTo(2);
        assertThat(server.asked()).isEqualTo(2);
    }

    static Stream<Behaviour> brokenAnswers() {
        return Stream.of(
                MisbehavingServer.cut(),
                MisbehavingServer.reset(),
                MisbehavingServer.cutBody(),
                MisbehavingServer.cutChunks(),
                json(""),
                json("null"),
                json("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"go"),
                json("<html>Bad gateway</html>"),
                json(completion("good") + "}"),
                json("{}"),
                json("{\"choices\":[]}"),
                json("{\"choices\":[{\"index\":1,\"message\":{\"content\":\"second\"}}]}"),
                json("{\"choices\":[{\"index\":0}]}"),
                json("{\"choices\":[{\"message\":{\"content\":5}}]}"),
                (request, connection) -> {
                    byte[] body = completion("go?d").getBytes(UTF_8);
                    body[completion("go?d").indexOf('?')] = (byte) 0xC3;
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                    connection.write(body);
                });
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void aBrokenAnswerIsTriedAgain(Behaviour broken) throws InterruptedException {
        server.next(broken);
        ChatAnswer answer = answerTo(ask());
        assertThat(answer.text()).isEqualTo("good");
        assertThat(answer.attempts()).isEqualTo(2);
    }

    @Test
    void theLastAttemptGivesTheReason() throws InterruptedException {
        server.next(MisbehavingServer.cut(), status(500, "overloaded"), status(429, "{\"detail\":\"slowly\"}"));
        assertThat(ask()).isEqualTo(new Failed("status 429: slowly", 3));
        assertThat(server.asked()).isEqualTo(3);
    }

    @Test
    void aReasonSaysWhatIsWrongWithAnAnswerAndDoesNotQuoteIt() throws InterruptedException {
        server.next(json("private words"));
        assertThat(askOnce()).isEqualTo(new Failed("the answer is not valid JSON", 1));
        server.next(json("{\"error\":{\"message\":\"no capacity\"}}"));
        assertThat(askOnce()).isEqualTo(new Failed("the answer has no choice but an error: no capacity", 1));
        server.next(MisbehavingServer.cutBody());
        assertThat(reason(askOnce())).startsWith("the connection broke (").doesNotContain("good");
    }

    @Test
    void theServerSaysHowLongToWait() throws InterruptedException {
        String later = "Fri, 01 May 2026 10:00:09 GMT";
        server.next(
                status(429, "", "Retry-After: 7"),
                status(503, "", "retry-after: " + later, "Date: Fri, 01 May 2026 10:00:05 GMT"),
                json("{}"),
                status(429, "", "Retry-After: 0"));
        answerTo(ask(endpoint(), 5, LONG));
        assertThat(clock.sleeps())
                .containsExactly(
                        Duration.ofSeconds(7), Duration.ofSeconds(4), Duration.ofSeconds(2), Duration.ofSeconds(4));
    }

    @Test
    void aServerThatSaysNothingIsAskedLessAndLessOften() throws InterruptedException {
        server.otherwise(status(500, ""));
        assertThat(ask(endpoint(), 10, LONG)).isEqualTo(new Failed("status 500: no message", 10));
        assertThat(sleptMilliseconds())
                .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 32000L, 60000L, 60000L);
    }

    // Time limits.

    @Test
    @Timeout(8)
    void aServerThatDoesNotAnswerRunsIntoTheTimeLimit() throws InterruptedException {
        server.otherwise(MisbehavingServer.silence());
        assertThat(ask(endpoint(), 2, SHORT)).isEqualTo(new Failed("no whole answer within 0.3 s", 2));
        assertThat(server.asked()).isEqualTo(2);
        eventually(() -> server.abandoned() == 2);
    }

    @Test
    @Timeout(8)
    void theTimeLimitIncludesTheBody() throws InterruptedException {
        server.otherwise(MisbehavingServer.silenceInTheBody());
        assertThat(ask(endpoint(), 2, SHORT)).isEqualTo(new Failed("no whole answer within 0.3 s", 2));
        eventually(() -> server.abandoned() == 2);
    }

    @Test
    @Timeout(8)
    void aBodyThatDripsRunsIntoTheTimeLimit() throws InterruptedException {
        server.next((request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
            for (int i = 0; i < 300; i++) {
                Thread.sleep(50);
                connection.write(" ");
            }
        });
        assertThat(ask(endpoint(), 1, SHORT)).isEqualTo(new Failed("no whole answer within 0.3 s", 1));
    }

    @Test
    void anInterruptEndsTheWaitAndTheConnection() throws InterruptedException {
        server.otherwise(MisbehavingServer.silence());
        AtomicReference<Object> end = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                end.set(ask());
            } catch (InterruptedException e) {
                end.set(e);
            }
        });
        thread.start();
        eventually(() -> server.asked() == 1);
        thread.interrupt();
        thread.join();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        eventually(() -> server.abandoned() == 1);
    }

    // Refusals.

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 404, 405, 407, 410})
    void aDenialEndsEverything(int status) throws InterruptedException {
        server.otherwise(status(status, "{\"error\":{\"message\":\"no such model\"}}"));
        assertThat(ask()).isEqualTo(new Denied(status, server.url() + ": status " + status + ": no such model"));
        assertThat(server.asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void aRefusedRequestIsNotTriedAgain(int status) throws InterruptedException {
        server.otherwise(status(status, "{\"error\":{\"message\":\"too long a prompt\"}}"));
        assertThat(ask()).isEqualTo(new Failed("status " + status + ": too long a prompt", 1));
        assertThat(server.asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowedWithTheKey(int status) throws IOException, InterruptedException {
        try (MisbehavingServer other = MisbehavingServer.start()) {
            server.otherwise(status(status, "", "Location: " + other.url() + "?token=1#end"));
            assertThat(ask())
                    .isEqualTo(new Denied(
                            status,
                            "%s: status %d: redirects to %s; give the final address"
                                    .formatted(server.url(), status, other.url())));
            assertThat(other.connections()).isZero();
        }
        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void aHugeAnswerIsNotReadToItsEnd() throws InterruptedException {
        server.next((request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] part = "100000\r\n%s\r\n".formatted(" ".repeat(1 << 20)).getBytes(UTF_8);
            for (int i = 0; i < 20; i++) {
                connection.write(part);
            }
            connection.write("0\r\n\r\n");
        });
        assertThat(ask()).isEqualTo(new Failed("the answer has more than 16 MiB", 1));
        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void aLongAnswerOfFifteenMebibytesIsRead() throws InterruptedException {
        String text = "x".repeat(15 << 20);
        server.next(answer(text));
        assertThat(answerTo(ask()).text().length()).isEqualTo(text.length());
    }

    // Messages.

    @Test
    void noMessageShowsTheKeyThatAServerEchoes() throws InterruptedException {
        String quoted = "\"Incorrect key: sk-A/secret\\\"42.\"";
        List<Behaviour> echoes = List.of(
                status(401, "{\"error\":{\"message\":" + quoted + "}}"),
                status(403, "{\"reason\":" + quoted + "}"),
                status(500, "Bearer " + KEY + " is wrong"),
                status(400, "x".repeat(296) + KEY),
                status(302, "", "Location: /login/" + KEY),
                json("{\"error\":{\"message\":" + quoted + "}}"));
        for (Behaviour echo : echoes) {
            server.next(echo);
            assertThat(reason(askOnce()))
                    .contains("(key")
                    .doesNotContain("sk-A")
                    .doesNotContain("secret");
        }
    }

    @Test
    void aMessageIsOneShortLine() throws InterruptedException {
        server.next(status(400, "a\r\n\u001B[31mb\u0000\u202Ec" + "\uD83D\uDE00".repeat(400)));
        assertThat(reason(askOnce())).isEqualTo("status 400: a [31mb c" + "\uD83D\uDE00".repeat(291) + "...");
    }

    @Test
    void aMessageIsFoundWhereServersPutIt() throws InterruptedException {
        server.next(
                status(400, "{\"error\":\"one\"}"),
                status(400, "{\"object\":\"error\",\"message\":\"two\"}"),
                status(400, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"three\"}]}"),
                status(400, "429 is four"));
        assertThat(reason(askOnce())).isEqualTo("status 400: one");
        assertThat(reason(askOnce())).isEqualTo("status 400: two");
        assertThat(reason(askOnce())).isEqualTo("status 400: {\"detail\":[{\"loc\":[\"body\"],\"msg\":\"three\"}]}");
        assertThat(reason(askOnce())).isEqualTo("status 400: 429 is four");
    }

    // Connections.

    @Test
    void aServerThatIsNotThereIsUnreachable() throws IOException, InterruptedException {
        server.close();
        assertThat(ask()).isEqualTo(new Unreachable(server.url() + ": no connection (nothing answers there)", 3));
        assertThat(clock.sleeps()).hasSize(2);
    }

    @Test
    void anUnknownHostIsUnreachable() throws InterruptedException {
        URI nowhere = URI.create("http://nowhere.invalid/v1?key=1");
        assertThat(ask(new ChatEndpoint(nowhere, "api-key", KEY), 2, LONG))
                .isEqualTo(new Unreachable("http://nowhere.invalid/v1: no connection (unknown host)", 2));
    }

    @Test
    void aServerThatWasReachedOnceIsNotUnreachable() throws InterruptedException {
        server.next((request, connection) -> {
            server.stopListening();
            connection.respond(500, "", "Connection: close");
            connection.cut();
        });
        assertThat(ask()).isInstanceOfSatisfying(Failed.class, outcome -> {
            assertThat(outcome.reason()).contains("no connection");
            assertThat(outcome.attempts()).isEqualTo(3);
        });
    }

    // Answers.

    @ParameterizedTest
    @ValueSource(strings = {"length", "content_filter"})
    void anAnswerThatWasCutIsAnAnswer(String finish) throws InterruptedException {
        server.next(json(completion(message("half"), finish)));
        ChatAnswer answer = answerTo(ask());
        assertThat(answer.finish()).isEqualTo(finish);
        assertThat(answer.text()).isEqualTo("half");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reasoning_content", "reasoning"})
    void privateReasoningStaysApart(String field) throws InterruptedException {
        server.next(json(completion(message("answer").put(field, "because"), "stop")));
        ChatAnswer answer = answerTo(ask());
        assertThat(answer.text()).isEqualTo("answer");
        assertThat(answer.reasoning()).contains("because");
    }

    @Test
    void noReasoningIsNoReasoning() throws InterruptedException {
        server.next(
                json(completion(message("a").putNull("reasoning_content").put("reasoning", ""), "stop")),
                json(completion(message("a").putNull("reasoning_content").put("reasoning", "r"), "stop")));
        assertThat(answerTo(ask()).reasoning()).isEmpty();
        assertThat(answerTo(ask()).reasoning()).contains("r");
    }

    @Test
    void theContentMayBeNullOrParts() throws InterruptedException {
        server.next(
                json("{\"choices\":[{\"message\":{\"content\":null}}]}"),
                json("{\"choices\":[{\"message\":{}}]}"),
                json("{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"one, \"},"
                        + "{\"type\":\"thinking\",\"text\":\"hm\"},{\"type\":\"text\",\"text\":\"two\"}]}}]}"));
        assertThat(answerTo(ask()).text()).isEmpty();
        assertThat(answerTo(ask()).text()).isEmpty();
        assertThat(answerTo(ask()).text()).isEqualTo("one, two");
    }

    @Test
    void theFirstChoiceCounts() throws InterruptedException {
        server.next(json("{\"choices\":[{\"index\":1,\"message\":{\"content\":\"second\"}},"
                + "{\"index\":0,\"message\":{\"content\":\"first\"}}]}"));
        assertThat(answerTo(ask()).text()).isEqualTo("first");
    }

    @Test
    void missingUsageIsEstimatedByCharacters() throws InterruptedException {
        server.next(json("{\"choices\":[{\"message\":{\"content\":\"123456789\",\"reasoning\":\"12\"}}],"
                + "\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":-1}}"));
        ChatAnswer answer = answerTo(ask());
        assertThat(answer.promptTokens()).isEqualTo((BODY.length() + 3) / 4);
        assertThat(answer.completionTokens()).isEqualTo(3);
        assertThat(answer.finish()).isEmpty();
        assertThat(answer.model()).isEmpty();
    }

    // Rates.

    @Test
    void requestsKeepTheirRate() throws InterruptedException {
        ChatClient client = client(endpoint(), new ChatLimits(2, LONG, 30, 0));
        server.next(answer("a"), status(500, ""));
        answerTo(client.ask(BODY, 1000));
        answerTo(client.ask(BODY, 1000));
        // One request every 2 s: a wait before the second one, its delay after the error, and the rest of 2 s.
        assertThat(sleptMilliseconds()).containsExactly(2000L, 500L, 1500L);
    }

    @Test
    void tokensKeepTheirRateByWhatWasUsed() throws InterruptedException {
        ChatClient client = client(endpoint(), new ChatLimits(1, LONG, 0, 600));
        for (int i = 0; i < 3; i++) {
            answerTo(client.ask(BODY, 40));
        }
        // Ten tokens a second. Each answer used 10 of the 40 tokens that its request took.
        assertThat(sleptMilliseconds()).containsExactly(1000L, 1000L);
    }

    @Test
    void anEstimateBelowNoneIsRefused() {
        assertThatThrownBy(() -> client(1, LONG).ask(BODY, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("estimatedTokens must be at least 0 (was -1)");
    }

    // Threads.

    @Test
    void manyThreadsGetTheirOwnAnswers() throws Exception {
        server.otherwise((request, connection) -> {
            if (request.body().hashCode() % 7 == 0 && server.asked() < 200) {
                connection.cut();
            } else {
                connection.respond(200, completion(request.body()));
            }
        });
        ChatClient client = new ChatClient(endpoint(), new ChatLimits(300, LONG, 0, 0), clock, () -> 0);
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try {
            List<Future<ChatOutcome>> outcomes = new ArrayList<>();
            IntStream.range(0, 200)
                    .forEach(i -> outcomes.add(threads.submit(() -> client.ask("\"request " + i + "\"", 0))));
            for (int i = 0; i < outcomes.size(); i++) {
                assertThat(answerTo(outcomes.get(i).get()).text()).isEqualTo("\"request " + i + "\"");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.asked()).isGreaterThan(200);
    }

    private ChatEndpoint endpoint() {
        return new ChatEndpoint(server.url(), "Authorization", KEY);
    }

    private ChatClient client(int attempts, Duration timeout) {
        return client(endpoint(), attempts, timeout);
    }

    private ChatClient client(ChatEndpoint endpoint, int attempts, Duration timeout) {
        return client(endpoint, new ChatLimits(attempts, timeout, 0, 0));
    }

    private ChatClient client(ChatEndpoint endpoint, ChatLimits limits) {
        return new ChatClient(endpoint, limits, clock, () -> 1);
    }

    private ChatOutcome ask() throws InterruptedException {
        return ask(endpoint(), 3, LONG);
    }

    private ChatOutcome askOnce() throws InterruptedException {
        return ask(endpoint(), 1, LONG);
    }

    private ChatOutcome ask(ChatEndpoint endpoint, int attempts, Duration timeout) throws InterruptedException {
        return client(endpoint, attempts, timeout).ask(BODY, 0);
    }

    private List<Long> sleptMilliseconds() {
        return clock.sleeps().stream()
                .map(sleep -> Math.round(sleep.toNanos() / 1e6))
                .toList();
    }

    private static ChatAnswer answerTo(ChatOutcome outcome) {
        assertThat(outcome).isInstanceOf(Answered.class);
        return ((Answered) outcome).answer();
    }

    private static String reason(ChatOutcome outcome) {
        if (outcome instanceof Denied denied) {
            return denied.reason();
        }
        assertThat(outcome).isInstanceOf(Failed.class);
        return ((Failed) outcome).reason();
    }

    private static ObjectNode message(String content) {
        return new JsonMapper().createObjectNode().put("content", content);
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
