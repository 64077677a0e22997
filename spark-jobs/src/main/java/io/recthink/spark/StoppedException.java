package io.recthink.spark;

/** A guard has stopped a run that went wrong. What the run has saved stays usable; the message says why it stopped. */
public final class StoppedException extends RuntimeException {
    public StoppedException(String message) {
        super(message);
    }
}
