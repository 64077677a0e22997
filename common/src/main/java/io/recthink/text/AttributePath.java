package io.recthink.text;

import java.util.ArrayList;
import java.util.List;

/** The argument {@code attribute} of a filter: a name, a position, or several of them separated by dots. */
record AttributePath(List<Object> parts) {
    static AttributePath of(Object attribute) {
        List<Object> parts = new ArrayList<>();
        if (attribute instanceof String path) {
            for (String name : path.split("\\.", -1)) {
                parts.add(name.matches("[0-9]{1,9}") ? (Object) Long.valueOf(name) : name);
            }
        } else if (attribute != null) {
            parts.add(attribute);
        }
        return new AttributePath(parts);
    }

    Object of(Budget budget, Object value) {
        return of(budget, value, null);
    }

    /** The value at the path. A default that is not none replaces each undefined step. */
    Object of(Budget budget, Object value, Object defaultValue) {
        Object item = value;
        for (Object part : parts) {
            item = Attributes.item(budget, item, part);
            item = item instanceof Undefined && defaultValue != null ? defaultValue : item;
        }
        return item;
    }
}
