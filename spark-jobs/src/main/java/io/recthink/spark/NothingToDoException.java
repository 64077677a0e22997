package io.recthink.spark;

/** Reports that a job has nothing to do yet, for example that too few rows are new. It has written nothing. */
public final class NothingToDoException extends RuntimeException {
    public NothingToDoException(String message) {
        super(message);
    }
}
