package io.recthink.spark.completion;

/** A prompt for a completion. Callers implement it as a record with their own data of the example. */
public interface AskedPrompt {
    /**
     * The id of the example, which is part of the address of its random numbers. Greedy completions draw none, so any
     * text is allowed.
     */
    String rowId();

    /**
     * The token ids of the rendered prompt, up to the start of the assistant's turn; callers must not change the array.
     */
    int[] tokens();
}
