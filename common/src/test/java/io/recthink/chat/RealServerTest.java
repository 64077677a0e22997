package io.recthink.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Asks a server that is not ours. {@code RECTHINK_CHAT_URL} names its endpoint and {@code RECTHINK_CHAT_KEY} its key;
 * CONTRIBUTING.md shows how to start one. Without them the tests are skipped.
 */
class RealServerTest {
    private static final String URL = System.getenv("RECTHINK_CHAT_URL");
    private static final String KEY = System.getenv("RECTHINK_CHAT_KEY");

    @BeforeAll
    static void requireServer() {
        assumeTrue(URL != null && KEY != null, "RECTHINK_CHAT_URL and RECTHINK_CHAT_KEY name no server");
    }

    @Test
    void itAnswersAndCountsAndTheSameSeedGivesTheSameAnswer() throws InterruptedException {
        ChatAnswer first = answer(client(URL, KEY), body("Name three musical instruments.", 16, 5));
        assertThat(first.text()).isNotBlank();
        assertThat(first.finish()).isIn("stop", "length");
        assertThat(first.promptTokens()).isBetween(5L, 100L);
        assertThat(first.completionTokens()).isBetween(1L, 16L);
        ChatAnswer second = answer(client(URL, KEY), body("Name three musical instruments.", 16, 5));
        assertThat(second.text()).isEqualTo(first.text());
    }

    @Test
    void aWrongKeyIsDeniedAndNotShown() throws InterruptedException {
        ChatOutcome outcome = client(URL, "sk-not-this-one").ask(body("Hello", 1, 1), 1);
        assertThat(outcome).isInstanceOf(ChatOutcome.Denied.class);
        assertThat(((ChatOutcome.Denied) outcome).status()).isIn(401, 403);
        assertThat(outcome.toString()).doesNotContain("sk-not-this-one");
    }

    @Test
    void aPathThatDoesNotExistIsDenied() throws InterruptedException {
        ChatOutcome outcome = client(URL.replace("/chat/", "/chatter/"), KEY).ask(body("Hello", 1, 1), 1);
        assertThat(outcome).isInstanceOf(ChatOutcome.Denied.class);
        assertThat(((ChatOutcome.Denied) outcome).status()).isEqualTo(404);
    }

    @Test
    void aPromptThatIsTooLongFailsWithTheReasonOfTheServer() throws InterruptedException {
        ChatOutcome outcome = client(URL, KEY).ask(body("lamp ".repeat(60_000), 1, 1), 1);
        assertThat(outcome).isInstanceOf(ChatOutcome.Failed.class);
        assertThat(((ChatOutcome.Failed) outcome).reason()).containsIgnoringCase("context");
        assertThat(((ChatOutcome.Failed) outcome).attempts()).isEqualTo(1);
    }

    private static ChatAnswer answer(ChatClient client, String body) throws InterruptedException {
        ChatOutcome outcome = client.ask(body, 1);
        assertThat(outcome).isInstanceOf(ChatOutcome.Answered.class);
        return ((ChatOutcome.Answered) outcome).answer();
    }

    private static ChatClient client(String url, String key) {
        return new ChatClient(
                new ChatEndpoint(URI.create(url), "Authorization", key),
                new ChatLimits(2, Duration.ofMinutes(10), 0, 0));
    }

    private static String body(String text, int maxTokens, long seed) {
        return new ChatBody(
                        "default",
                        List.of(new ChatBody.Message("user", text)),
                        OptionalDouble.of(0.7),
                        OptionalDouble.of(0.95),
                        maxTokens,
                        "max_tokens",
                        OptionalLong.of(seed),
                        List.of(),
                        Map.of())
                .json();
    }
}
