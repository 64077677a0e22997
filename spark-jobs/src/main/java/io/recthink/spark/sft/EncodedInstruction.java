package io.recthink.spark.sft;

import java.io.Serializable;

/**
 * An instruction as tokens. Arrays are not copied; do not change them.
 *
 * @param key name of the instruction
 * @param prompt tokens of its messages, with the start of the assistant's turn
 * @param completion tokens to learn, with the end token of the assistant's turn
 * @param weight weight of each completion token in the loss
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
record EncodedInstruction(String key, int[] prompt, int[] completion, double weight) implements Serializable {
    /** The number of completion tokens times their weight. */
    double weightedTokens() {
        return weight * completion.length;
    }
}
