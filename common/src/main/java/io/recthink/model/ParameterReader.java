package io.recthink.model;

import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;

/** Where the values of parameters come from: a model folder, a vector in memory. */
@FunctionalInterface
public interface ParameterReader {
    /** Puts all elements of the parameter into {@code out}, from its position on, which they advance. */
    void read(Parameter parameter, FloatBuffer out);
}
