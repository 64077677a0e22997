package io.recthink.prompt;

/** The tests that a well-formed completion passes, in the order of the grammar's definition. */
public enum FormatTest {
    /** Each tag occurs exactly once. */
    TAGS,
    /** The tags stand in the order of the blocks; each block closes before the next one opens. Not asked of one block alone. */
    ORDER,
    /** Every block has content that is not blank. */
    CONTENT,
    /** The content of the rate block is a number of the scale with at most two decimals, and nothing else. */
    NUMBER,
    /** The rate block is closed and no digit follows. */
    TAIL,
    /** No U+FFFD and no control character other than tab, line feed and carriage return. */
    READABLE,
    /** The completion was not cut off by the token limit. */
    FINISHED,
    /** Every block but the rating's has words of its own, see {@link ContentRule}. Asked only where there is such a rule. */
    OWN_WORDS
}
