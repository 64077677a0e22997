package io.recthink.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The arguments of a call. A null value means None. */
record Arguments(List<Object> positional, Map<String, Object> keyword) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    static Arguments of(Object... positional) {
        return new Arguments(Arrays.asList(positional), Map.of());
    }

    boolean isEmpty() {
        return positional.isEmpty() && keyword.isEmpty();
    }

    /** The arguments without the first {@code count} positional arguments. */
    Arguments after(int count) {
        return new Arguments(positional.subList(count, positional.size()), keyword);
    }

    /**
     * Assigns each argument to its parameter.
     *
     * @throws TemplateException naming the function, for an argument without a parameter
     */
    Bound bind(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new TemplateException(function + " takes at most " + parameters.length + " arguments (was given "
                    + positional.size() + ")");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            values.put(parameters[i], positional.get(i));
        }
        keyword.forEach((name, value) -> {
            if (values.containsKey(name) || !Arrays.asList(parameters).contains(name)) {
                throw new TemplateException(function + " does not take the argument " + name + " here");
            }
            values.put(name, value);
        });
        return new Bound(function, values);
    }

    /** Binds as {@link #bind}, for a Python method without keyword arguments. */
    Bound bindPositional(String function, String... parameters) {
        if (!keyword.isEmpty()) {
            throw new TemplateException(function + " takes no keyword arguments");
        }
        return bind(function, parameters);
    }

    /** The arguments by the names of their parameters. */
    record Bound(String function, Map<String, Object> values) {
        boolean has(String name) {
            return values.containsKey(name);
        }

        Object get(String name, Object otherwise) {
            return values.getOrDefault(name, otherwise);
        }

        Object required(String name) {
            if (!values.containsKey(name)) {
                throw new TemplateException(function + " needs the argument " + name);
            }
            return values.get(name);
        }

        boolean truth(String name) {
            return Values.isTrue(get(name, false));
        }

        long integer(String name, long otherwise) {
            return values.containsKey(name) ? Values.integer(function, values.get(name)) : otherwise;
        }

        String text(String name) {
            return Values.text(function, required(name));
        }

        String text(String name, String otherwise) {
            return values.containsKey(name) ? text(name) : otherwise;
        }
    }

    /** Collects the arguments of a call. */
    static final class Builder {
        private final List<Object> positional = new ArrayList<>();
        private final Map<String, Object> keyword = new LinkedHashMap<>();

        void add(Object value) {
            positional.add(value);
        }

        void add(String name, Object value) {
            if (keyword.containsKey(name)) {
                throw new TemplateException("the argument " + name + " is given twice");
            }
            keyword.put(name, value);
        }

        Arguments build() {
            return positional.isEmpty() && keyword.isEmpty() ? NONE : new Arguments(positional, keyword);
        }
    }
}
