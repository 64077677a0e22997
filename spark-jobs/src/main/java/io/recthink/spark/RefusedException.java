package io.recthink.spark;

/** Reports that a gate has refused a trained policy. The serving policy stays; the message has the reasons. */
public final class RefusedException extends RuntimeException {
    public RefusedException(String message) {
        super(message);
    }
}
