package io.recthink.spark.completion;

import java.io.Serializable;

/**
 * The prompt of an example. The arrays are not copied; callers must not change them.
 *
 * @param rowId the id of the example
 * @param tokens the token ids of the rendered prompt, up to the start of the assistant's turn
 * @param truth the true rating
 * @param ownWords the hashes of the example's own words, see {@link io.recthink.prompt.TraceMeasure#ownWords}
 */
@SuppressWarnings("ArrayRecordComponent") // records are never compared
public record Prompt(String rowId, int[] tokens, double truth, long[] ownWords) implements AskedPrompt, Serializable {}
