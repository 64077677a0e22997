package io.recthink.text;

/** A value that a template can call. */
interface Callable {
    Object call(Budget budget, Arguments arguments);
}
