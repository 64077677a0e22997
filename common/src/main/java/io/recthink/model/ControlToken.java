package io.recthink.model;

/**
 * A token with a text of its own, which the tokenizer does not make of words. It is an added token, or a token that the
 * folder names as its begin, end, padding or other special token.
 *
 * @param id the token id
 * @param content the text that becomes this token
 * @param special whether it is an added token that the tokenizer calls special or the folder names
 * @param unknown whether text that the vocabulary lacks also becomes this token
 */
public record ControlToken(int id, String content, boolean special, boolean unknown) {}
