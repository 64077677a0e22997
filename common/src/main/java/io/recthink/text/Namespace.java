package io.recthink.text;

import java.util.LinkedHashMap;
import java.util.Map;

/** The result of {@code namespace()}: the only value with attributes that a template may set. */
final class Namespace {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw new TemplateException("an attribute of a namespace must not begin with an underscore: " + name);
        }
        attributes.put(name, value);
    }

    boolean has(String name) {
        return attributes.containsKey(name);
    }

    Object get(String name) {
        return attributes.get(name);
    }
}
