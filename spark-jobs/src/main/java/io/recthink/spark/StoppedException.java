package io.recthink.spark;

/**
 * Reports that a guard has stopped a run that went wrong. The files that the run has saved stay usable. The message
 * says why the guard stopped the run.
 */
public final class StoppedException extends RuntimeException {
    public StoppedException(String message) {
        super(message);
    }
}
