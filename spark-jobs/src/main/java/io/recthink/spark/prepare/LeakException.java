package io.recthink.spark.prepare;

/**
 * Reports that the examples fail a leak test, for example because a row contains information from after its time. The
 * message names the rule and the rows.
 */
final class LeakException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    LeakException(String message) {
        super(message);
    }
}
