package io.recthink.text;

/** What a template does wrong, and in which line from 1. */
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
