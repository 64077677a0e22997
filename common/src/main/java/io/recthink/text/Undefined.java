package io.recthink.text;

/**
 * The value of a missing variable, attribute or element. It prints as empty text, is empty and false, and refuses all
 * other uses.
 */
record Undefined(String reason) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    TemplateException refusal() {
        return new TemplateException(reason);
    }
}
