package io.recthink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Collects the problems of a configuration, so that one message reports all of them. */
public final class Problems {
    private final String section;
    private final List<String> messages;

    Problems() {
        this("", new ArrayList<>());
    }

    private Problems(String section, List<String> messages) {
        this.section = section;
        this.messages = messages;
    }

    /** The same list of problems, for the keys of a section below this one. */
    public Problems in(String name) {
        return new Problems(section + name + ".", messages);
    }

    /** Adds {@code "section.key must be <expected> (was <value>)"} unless {@code holds}. */
    public void require(boolean holds, String key, String expected, Object value) {
        if (!holds) {
            messages.add("%s%s must be %s (was %s)".formatted(section, key, expected, value));
        }
    }

    /** Adds a problem when a value is below a minimum. */
    public void atLeast(long minimum, String key, long value) {
        require(value >= minimum, key, "at least " + minimum, value);
    }

    /** Adds a problem when a value is not finite or not above 0. */
    public void positive(String key, double value) {
        require(value > 0 && Double.isFinite(value), key, "positive", value);
    }

    /** Adds a problem when a value is outside the range from {@code low} to {@code high}, both inclusive. */
    public void between(double low, double high, String key, double value) {
        require(value >= low && value <= high, key, "between " + low + " and " + high, value);
    }

    /** Adds a problem for each value of a list that is out of range, and for an empty list. */
    public <T> void each(String key, String expected, List<T> values, Predicate<T> holds) {
        require(!values.isEmpty(), key, "a list of at least one value", "empty");
        values.forEach(value -> require(holds.test(value), key, expected, value));
    }

    List<String> messages() {
        return messages;
    }
}
