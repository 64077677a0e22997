package io.recthink.text;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Python's {@code tuple}. A null element means None. */
record Tuple(List<Object> elements) {
    Tuple {
        elements = Collections.unmodifiableList(elements);
    }

    static Tuple of(Object... elements) {
        return new Tuple(Arrays.asList(elements));
    }
}
