package io.recthink.prompt;

/**
 * A text and the token ids that it became.
 *
 * @param text without marks, control tokens in it broken up
 * @param tokens its ids; the array is not copied
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
record EncodedText(String text, int[] tokens) {}
