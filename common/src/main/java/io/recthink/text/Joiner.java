package io.recthink.text;

/** The result of {@code joiner()}: returns its separator from the second call on. */
final class Joiner implements Callable {
    private final Object separator;
    private boolean used;

    Joiner(Object separator) {
        this.separator = separator;
    }

    @Override
    public Object call(Budget budget, Arguments arguments) {
        arguments.bindPositional("joiner");
        Object result = used ? separator : "";
        used = true;
        return result;
    }
}
