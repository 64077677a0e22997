package io.recthink.spark.sft;

import java.io.Serializable;

/**
 * A trace as tokens. Arrays are not copied; do not change them.
 *
 * @param key names the trace
 * @param prompt tokens of the example's prompt
 * @param completion tokens of the trace, with the end token of the assistant's turn
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
record EncodedTrace(String key, int[] prompt, int[] completion) implements Serializable {}
