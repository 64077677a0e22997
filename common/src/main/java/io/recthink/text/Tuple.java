package io.recthink.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Python's {@code tuple}; elements may be null, which is None. */
record Tuple(List<Object> elements) {
    Tuple {
        elements = Collections.unmodifiableList(elements);
    }

    static Tuple of(Object... elements) {
        return new Tuple(Arrays.asList(elements));
    }
}
