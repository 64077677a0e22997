package io.recthink.text;

/** Reports an error in a template with its line; the first line is 1. */
final class LocatedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;

    LocatedException(int line, String message) {
        super(message);
        this.line = line;
    }

    int line() {
        return line;
    }
}
