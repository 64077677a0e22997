package io.recthink.teacher;

/** The reason why an answer of a teacher cannot be used. */
public enum Rejection {
    /** The teacher gave no answer to the request. */
    NOT_ANSWERED("not answered"),
    /** The answer has no text. */
    EMPTY("empty"),
    /** The limit of tokens ended the answer. */
    CUT_OFF("cut off by teacher.maxTokens"),
    /** A filter of the server ended the answer. */
    FILTERED("stopped by the server's filter"),
    /** The answer does not follow the output grammar. */
    MALFORMED("not the output grammar"),
    /** A block has too few words of its own. */
    FEW_WORDS("a block with fewer than reward.minWords words of its own"),
    /** The answer lacks a mark or a numbered item. */
    NO_MARKS("without the marks that reward.marks demands"),
    /** The answer has another rating than the true one. */
    OTHER_RATING("another rating"),
    /** The answer tells that the rating was known. */
    FORBIDDEN_PHRASE("a forbidden phrase"),
    /** The answer speaks of something else, such as the example in its instruction. */
    FOREIGN_WORD("a word of coldStart.foreign");

    private final String words;

    Rejection(String words) {
        this.words = words;
    }

    /** The reason in words, for tables and messages. */
    public String words() {
        return words;
    }
}
