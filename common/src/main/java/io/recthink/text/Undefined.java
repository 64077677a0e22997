package io.recthink.text;

/** The value of what does not exist: prints as nothing, is empty and false, and refuses all else. */
record Undefined(String reason) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    TemplateException refusal() {
        return new TemplateException(reason);
    }
}
