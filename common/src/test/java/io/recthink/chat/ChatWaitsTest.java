package io.recthink.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a client waits: dates of HTTP, what servers ask for, and rates. */
class ChatWaitsTest {
    private static final Instant NOW = Instant.parse("1994-11-06T08:49:00Z");

    // The examples of RFC 9110, section 5.6.7.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "Sun Nov  6 08:49:37 1994",
                " sun, 6 nov 1994 08:49:37 GMT "
            })
    void aDateHasThreeForms(String date) {
        assertThat(HttpDate.parse(date, NOW)).contains(Instant.parse("1994-11-06T08:49:37Z"));
        assertThat(asked("Retry-After", date)).contains(Duration.ofSeconds(37));
    }

    @Test
    void aYearOfTwoDigitsIsAtMostFiftyYearsAhead() {
        String date = "Sunday, 06-Nov-%s 08:49:37 GMT";
        assertThat(HttpDate.parse(date.formatted("44"), NOW)).contains(Instant.parse("2044-11-06T08:49:37Z"));
        assertThat(HttpDate.parse(date.formatted("46"), NOW)).contains(Instant.parse("1946-11-06T08:49:37Z"));
    }

    @Test
    void theServersOwnClockCounts() {
        assertThat(asked("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT", "Date", "Sun, 06 Nov 1994 08:49:30 GMT"))
                .contains(Duration.ofSeconds(7));
        assertThat(asked("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT", "Date", "today"))
                .contains(Duration.ofSeconds(37));
    }

    @Test
    void aLongWaitIsCutToTenMinutes() {
        assertThat(asked("Retry-After", "601")).contains(Duration.ofMinutes(10));
        assertThat(asked("Retry-After", "599")).contains(Duration.ofSeconds(599));
        assertThat(asked("Retry-After", "99999999999999999999")).contains(Duration.ofMinutes(10));
        assertThat(asked("Retry-After", "Sun, 06 Nov 2094 08:49:37 GMT")).contains(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0", "-5", "1.5", "soon", "Sun, 06 Nov 1994 08:48:00 GMT", "Sun, 36 Nov 1994 08:49:37 GMT"})
    void anythingElseAsksForNothing(String value) {
        assertThat(asked("Retry-After", value)).isEmpty();
    }

    @Test
    void theChosenWaitIsRandomBelowItsBound() {
        RetryDelay delay = new RetryDelay(() -> 0.25);
        assertThat(delay.after(1, Optional.empty())).isEqualTo(Duration.ofMillis(125));
        assertThat(delay.after(3, Optional.empty())).isEqualTo(Duration.ofMillis(500));
        assertThat(delay.after(5000, Optional.empty())).isEqualTo(Duration.ofSeconds(15));
        assertThat(delay.after(1, Optional.of(Duration.ofSeconds(3)))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aRateAllowsOneSecondAtOnceAndThenKeepsItsPace() {
        FakeClock clock = new FakeClock();
        RateLimit limit = new RateLimit(180, clock);
        assertThat(Stream.generate(() -> waited(limit, 1)).limit(5)).containsExactly(0L, 0L, 0L, 333L, 667L);
        clock.sleep(Duration.ofMinutes(5));
        assertThat(waited(limit, 3)).isZero();
        assertThat(waited(limit, 1)).isEqualTo(333);
    }

    @Test
    void moreThanASecondsShareIsPaidByTheNext() {
        RateLimit limit = new RateLimit(600, new FakeClock());
        assertThat(waited(limit, 100)).isZero();
        assertThat(waited(limit, 5)).isEqualTo(9500);
        limit.giveBack(95);
        assertThat(waited(limit, 5)).isEqualTo(500);
    }

    @Test
    void whatIsGivenBackIsNeverMoreThanASecondsShare() {
        RateLimit limit = new RateLimit(600, new FakeClock());
        limit.giveBack(1000);
        assertThat(waited(limit, 10)).isZero();
        assertThat(waited(limit, 10)).isEqualTo(1000);
    }

    @Test
    void noRateIsNoLimit() {
        RateLimit limit = new RateLimit(0, new FakeClock());
        assertThat(waited(limit, 1e12)).isZero();
        assertThat(waited(limit, 1e12)).isZero();
    }

    private static long waited(RateLimit limit, double amount) {
        return Math.round(limit.take(amount).toNanos() / 1e6);
    }

    private static Optional<Duration> asked(String... headers) {
        Map<String, List<String>> values = headers.length == 2
                ? Map.of(headers[0], List.of(headers[1]))
                : Map.of(headers[0], List.of(headers[1]), headers[2], List.of(headers[3]));
        return RetryDelay.asked(HttpHeaders.of(values, (name, value) -> true), NOW);
    }
}
