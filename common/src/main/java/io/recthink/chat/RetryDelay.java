package io.recthink.chat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: what {@code Retry-After} asks for (RFC 9110, section 10.2.3), at most
 * {@link #LONGEST_ASKED}; else a random time from 0 to 0.5 s, 1 s, 2 s and so on up to 60 s.
 */
final class RetryDelay {
    static final Duration LONGEST_ASKED = Duration.ofMinutes(10);
    private static final double FIRST_SECONDS = 0.5;
    private static final double MOST_SECONDS = 60;
    private static final int MOST_DIGITS = 9;

    private final DoubleSupplier random;

    /** @param random numbers from 0 to 1, safe for use by many threads */
    RetryDelay(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * Returns the wait after a failed attempt.
     *
     * @param attempt the number of the failed attempt, from 1
     * @param asked the wait that the server asks for
     */
    Duration after(int attempt, Optional<Duration> asked) {
        return asked.orElseGet(() -> {
            double longest = Math.min(MOST_SECONDS, Math.scalb(FIRST_SECONDS, attempt - 1));
            return Duration.ofNanos((long) (random.getAsDouble() * longest * 1e9));
        });
    }

    /**
     * The wait that a response asks for, in seconds or until a date. Such a date is compared with the server's own clock
     * where the response has it. Empty where the response asks for none, or for none that lies ahead.
     */
    static Optional<Duration> asked(HttpHeaders headers, Instant now) {
        return headers.firstValue("Retry-After")
                .map(String::strip)
                .flatMap(value -> value.matches("\\d+") ? Optional.of(seconds(value)) : until(value, headers, now))
                .filter(wait -> !wait.isNegative() && !wait.isZero())
                .map(wait -> wait.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : wait);
    }

    private static Duration seconds(String digits) {
        return digits.length() > MOST_DIGITS ? LONGEST_ASKED : Duration.ofSeconds(Long.parseLong(digits));
    }

    private static Optional<Duration> until(String date, HttpHeaders headers, Instant now) {
        Instant sent = headers.firstValue("Date")
                .flatMap(value -> HttpDate.parse(value, now))
                .orElse(now);
        return HttpDate.parse(date, now).map(end -> Duration.between(sent, end));
    }
}
