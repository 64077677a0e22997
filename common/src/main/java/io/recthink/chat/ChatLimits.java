package io.recthink.chat;

import java.io.Serializable;
import java.time.Duration;

/**
 * How often and how long a server is asked. The share of one second may be used at once.
 *
 * @param attempts the most attempts of one request, at least 1
 * @param timeout the longest time of one attempt, from the connection to the last byte of the answer; at least 1 ms
 * @param requestsPerMinute the most attempts a minute; 0: no limit
 * @param tokensPerMinute the most tokens a minute, prompts and answers together; 0: no limit
 */
public record ChatLimits(int attempts, Duration timeout, double requestsPerMinute, double tokensPerMinute)
        implements Serializable {
    /** @throws IllegalArgumentException if a value is out of its range */
    public ChatLimits {
        require(attempts >= 1, "attempts", "at least 1", attempts);
        require(timeout.toMillis() >= 1, "timeout", "at least 1 ms", timeout);
        require(isRate(requestsPerMinute), "requestsPerMinute", "at least 0", requestsPerMinute);
        require(isRate(tokensPerMinute), "tokensPerMinute", "at least 0", tokensPerMinute);
    }

    private static boolean isRate(double value) {
        return value >= 0 && Double.isFinite(value);
    }

    private static void require(boolean holds, String name, String expected, Object value) {
        if (!holds) {
            throw new IllegalArgumentException("%s must be %s (was %s)".formatted(name, expected, value));
        }
    }
}
