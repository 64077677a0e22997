package io.recthink.spark.completion;

/** A prompt that is to be completed; records of callers add what they know it by. */
public interface AskedPrompt {
    /** The example, in the address of the random numbers; any text where none are drawn. */
    String rowId();

    /** The tokens of the rendered prompt, up to the start of the assistant's turn; not to be changed. */
    int[] tokens();
}
