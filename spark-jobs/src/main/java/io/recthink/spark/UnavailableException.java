package io.recthink.spark;

/**
 * Something outside that a job needs does not work, such as a server. The message names it and the remedy; it is shown
 * without a stack trace. Everything that was paid for is kept.
 */
public final class UnavailableException extends RuntimeException {
    public UnavailableException(String message) {
        super(message);
    }
}
