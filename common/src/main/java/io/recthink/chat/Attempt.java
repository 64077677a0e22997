package io.recthink.chat;

import java.time.Duration;
import java.util.Optional;

/** The result of one attempt. */
sealed interface Attempt {
    /** No other attempt is of use. */
    record Final(ChatOutcome outcome) implements Attempt {}

    /**
     * Another attempt may succeed.
     *
     * @param connected whether this attempt reached the server
     * @param askedWait the wait that the server asks for
     */
    record Retriable(String reason, boolean connected, Optional<Duration> askedWait) implements Attempt {}
}
