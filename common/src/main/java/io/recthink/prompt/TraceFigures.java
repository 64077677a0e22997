package io.recthink.prompt;

import java.io.Serializable;

/**
 * The measures of one trace, from {@link TraceMeasure}.
 *
 * @param trace a 64-bit hash of the trace; equal traces have equal hashes
 * @param copied the share of the trace's sequences of four words that the instruction contains, 0 to 1; NaN without
 *     sequences
 * @param about whether the trace is about its row
 */
public record TraceFigures(long trace, double copied, boolean about) implements Serializable {}
