package io.recthink.spark.rollout;

import java.io.Serializable;

/**
 * The prompt of an example. The array is not copied; do not change it.
 *
 * @param rowId the example
 * @param tokens of the rendered prompt, up to the start of the assistant's turn
 * @param truth the true rating
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
public record Prompt(String rowId, int[] tokens, double truth) implements Serializable {}
