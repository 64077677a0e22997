package io.recthink.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an endpoint and its limits accept, and that they do not show the key. */
class ChatEndpointTest {
    private static final URI URL = URI.create("https://example.org:8443/v1/chat/completions?api-version=1");

    @Test
    void itsTextShowsNeitherKeyNorQuery() {
        assertThat(new ChatEndpoint(URL, "api-key", "secret"))
                .hasToString("ChatEndpoint[url=https://example.org:8443/v1/chat/completions, header=api-key, a key]");
        assertThat(new ChatEndpoint(URL, "api-key", "").toString()).endsWith("no key]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h", "HTTPS://h:1/x", "http://[::1]:8000/v1", "http://127.0.0.1/a?b=c"})
    void anAddressOfTheWebIsAccepted(String url) {
        assertThat(new ChatEndpoint(URI.create(url), "Authorization", "k").url())
                .hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h/secret-path",
                "h/v1",
                "https:h",
                "http:///v1",
                "http://my_host/v1?secret",
                "http://user:secret@h/v1",
                "http://user:secret@my_host/v1",
                "http://h/v1#secret"
            })
    void anotherAddressIsRefused(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatEndpoint(URI.create(url), "Authorization", "k"))
                .withMessageContaining("address")
                .satisfies(failure -> assertThat(failure.getMessage().replace("secret-path", ""))
                        .doesNotContain("secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "Authorization: Bearer secret", "k\r\nx", "\u00FC"})
    void anotherHeaderIsRefused(String header) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatEndpoint(URL, header, "secret"))
                .withMessageStartingWith("the header must be the name of a header alone")
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("secret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"secret\n", "secret\r\nX: y", " secret", "secret ", "s\u0000ecret", "secr\u00E9t", "\u007F"})
    void aKeyThatNoHeaderCarriesIsRefusedAndNotShown(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatEndpoint(URL, "api-key", key))
                .withMessageStartingWith("the key for https://example.org:8443/v1/chat/completions has characters")
                .satisfies(failure ->
                        assertThat(failure.getMessage()).doesNotContain("secr").doesNotContain(key));
    }

    @Test
    void limitsOutOfRangeAreRefused() {
        assertLimitRefused(0, Duration.ofSeconds(1), 0, 0, "attempts must be at least 1 (was 0)");
        assertLimitRefused(1, Duration.ofNanos(1), 0, 0, "timeout must be at least 1 ms (was PT0.000000001S)");
        assertLimitRefused(1, Duration.ofSeconds(1), -1, 0, "requestsPerMinute must be at least 0 (was -1.0)");
        assertLimitRefused(1, Duration.ofSeconds(1), 0, Double.NaN, "tokensPerMinute must be at least 0 (was NaN)");
    }

    private static void assertLimitRefused(
            int attempts, Duration timeout, double requests, double tokens, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChatLimits(attempts, timeout, requests, tokens))
                .withMessage(message);
    }
}
