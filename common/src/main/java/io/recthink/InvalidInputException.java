package io.recthink;

/**
 * Something that the user gave cannot be used. The message names the thing, its value and the remedy; it is shown as
 * it is, without a stack trace.
 */
public class InvalidInputException extends RuntimeException {
    public InvalidInputException(String message) {
        super(message);
    }

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
