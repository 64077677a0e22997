package io.recthink.prompt;

/**
 * A text and its token ids.
 *
 * @param text without marks, with its control tokens broken up
 * @param tokens the token ids; the array is not copied
 */
@SuppressWarnings("ArrayRecordComponent") // records are never compared
record EncodedText(String text, int[] tokens) {}
