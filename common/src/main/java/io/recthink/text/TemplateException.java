package io.recthink.text;

/** Reports an error in a template, before its line is known. */
final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateException(String message) {
        super(message);
    }
}
