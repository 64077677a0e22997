package io.recthink.model;

import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;

/** Reads the values of parameters from a source: a model folder, a vector in memory. */
@FunctionalInterface
public interface ParameterReader {
    /** Puts all elements of the parameter into {@code out} and advances its position. */
    void read(Parameter parameter, FloatBuffer out);

    /**
     * Passes on all elements of the parameter in their order. The default passes on one new piece; a source in memory
     * passes on its own elements, or parts of them.
     */
    default void readPieces(Parameter parameter, Pieces pieces) {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(parameter.size()));
        read(parameter, values);
        pieces.accept(0, values.flip());
    }

    /** Takes the elements of a parameter piece by piece. */
    @FunctionalInterface
    interface Pieces {
        /**
         * Takes some elements.
         *
         * @param first number of the first element in the parameter
         * @param values valid only during the call; not to be written to
         */
        void accept(long first, FloatBuffer values);
    }
}
