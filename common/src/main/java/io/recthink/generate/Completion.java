package io.recthink.generate;

/**
 * One sampled continuation of a prompt. The arrays belong to the completion; do not change them.
 *
 * @param tokens the sampled tokens; the last is an end token if one ended the completion
 * @param logprobs natural logarithm of each token's probability under softmax(logits / temperature), before nucleus
 *     sampling cuts tokens off; at temperature 1 for greedy completions
 * @param text the tokens as text, without special tokens
 * @param finish why the completion ended
 * @param seed the seed of the completion
 */
@SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
public record Completion(int[] tokens, float[] logprobs, String text, Finish finish, long seed) {}
