package io.recthink.text;

import java.util.HashMap;
import java.util.Map;

/** The variables of one scope, and the scope around it. */
final class Frame {
    private final Frame outer;
    private final Budget budget;
    private Map<String, Object> variables = Map.of();

    Frame(Frame outer) {
        this.outer = outer;
        this.budget = outer.budget;
    }

    /** The outermost scope. */
    Frame(Budget budget, Map<String, Object> variables) {
        this.outer = null;
        this.budget = budget;
        this.variables = variables;
    }

    Budget budget() {
        return budget;
    }

    void set(String name, Object value) {
        if (variables.isEmpty()) {
            variables = new HashMap<>(4);
        }
        variables.put(name, value);
    }

    Object get(String name) {
        for (Frame frame = this; frame != null; frame = frame.outer) {
            Object value = frame.variables.get(name);
            if (value != null || frame.variables.containsKey(name)) {
                return value;
            }
        }
        return Undefined.name(name);
    }
}
