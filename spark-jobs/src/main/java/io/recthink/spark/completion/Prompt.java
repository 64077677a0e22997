package io.recthink.spark.completion;

import java.io.Serializable;

/**
 * The prompt of an example. The arrays are not copied; do not change them.
 *
 * @param rowId the example
 * @param tokens of the rendered prompt, up to the start of the assistant's turn
 * @param truth the true rating
 * @param ownWords hashes of the words that the example alone has, see {@link io.recthink.prompt.TraceMeasure#ownWords}
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token or word; never compared
public record Prompt(String rowId, int[] tokens, double truth, long[] ownWords) implements AskedPrompt, Serializable {}
