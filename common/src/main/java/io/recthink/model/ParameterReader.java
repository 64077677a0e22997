package io.recthink.model;

import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;

/** Where the values of parameters come from: a model folder, a vector in memory. */
@FunctionalInterface
public interface ParameterReader {
    /** Puts all elements of the parameter into {@code out}, from its position on, which they advance. */
    void read(Parameter parameter, FloatBuffer out);

    /**
     * Passes all elements of the parameter on, in their order: here as one piece, made for it; a source that holds them
     * passes on what it has, or parts of it.
     */
    default void readPieces(Parameter parameter, Pieces pieces) {
        FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(parameter.size()));
        read(parameter, values);
        pieces.accept(0, values.flip());
    }

    /** What takes the elements of a parameter piece by piece. */
    @FunctionalInterface
    interface Pieces {
        /**
         * Takes some elements.
         *
         * @param first the number of the first of them in the parameter
         * @param values valid during the call alone; not to be written to
         */
        void accept(long first, FloatBuffer values);
    }
}
