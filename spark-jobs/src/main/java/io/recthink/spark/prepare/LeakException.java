package io.recthink.spark.prepare;

/** An examples table shows a row something that was not known at its time. Names the rule and the rows. */
final class LeakException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    LeakException(String message) {
        super(message);
    }
}
