package io.recthink.review;

import ai.djl.ndarray.types.Shape;

/**
 * A parameter of a network before it has values.
 *
 * @param name as in the golden numbers, such as {@code user.conv.weight}
 * @param start how its values begin
 * @param decays whether weight decay applies: not to tables, biases and offsets, whose rows are seldom seen
 */
record Parameter(String name, Shape shape, Start start, boolean decays) {
    /** How values begin. */
    enum Start {
        /** Uniform in (-0.1, 0.1). */
        UNIFORM,
        /** Uniform in (-0.1, 0.1); row 0 is zero: padding. */
        WORDS,
        /** Uniform in (-0.1, 0.1); the last two rows are zero: unknown, and none. */
        IDS,
        /** Xavier's uniform distribution for a convolution. */
        XAVIER,
        /** Normal with standard deviation 0.1, cut at 0.2. */
        NORMAL,
        /** 0.1 */
        TENTH,
        ZERO,
        /** The mean of the train ratings. */
        MEAN
    }

    static Parameter table(String name, Start start, long... shape) {
        return new Parameter(name, new Shape(shape), start, false);
    }

    static Parameter weight(String name, Start start, long... shape) {
        return new Parameter(name, new Shape(shape), start, true);
    }

    static Parameter bias(String name, Start start, long... shape) {
        return new Parameter(name, new Shape(shape), start, false);
    }
}
