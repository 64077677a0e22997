package io.recthink.text;

/** What a template does wrong, before it is known in which template and line. */
final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TemplateException(String message) {
        super(message);
    }
}
