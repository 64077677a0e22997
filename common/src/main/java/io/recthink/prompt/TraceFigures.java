package io.recthink.prompt;

import java.io.Serializable;

/**
 * What {@link TraceMeasure} finds in one trace.
 *
 * @param trace a hash of 64 bits: equal for equal traces
 * @param copied share of its sequences of four words that stand in the instruction, 0 to 1; NaN when it has none
 * @param about whether it is about its row
 */
public record TraceFigures(long trace, double copied, boolean about) implements Serializable {}
