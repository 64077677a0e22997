package io.recthink.prompt;

/** The tests that a well-formed completion passes, in the order in which the grammar defines them. */
public enum FormatTest {
    /** Each tag occurs exactly once. */
    TAGS,
    /**
     * The tags are in the order of the blocks; each block closes before the next one opens. Not used with one block.
     */
    ORDER,
    /** Every block has content that is not blank. */
    CONTENT,
    /** The rate block contains only a number of the scale with at most two decimals. */
    NUMBER,
    /** The rate block is closed and no digit follows. */
    TAIL,
    /** No U+FFFD and no control character other than tab, line feed and carriage return. */
    READABLE,
    /** The completion was not cut off by the token limit. */
    FINISHED,
    /**
     * Every block except the rate block has words of its own, see {@link ContentRule}. Used only where such a rule
     * applies.
     */
    OWN_WORDS,
    /**
     * The test of RecZero's published code for the ablation "Correctness only". The user block contains [like],
     * [dislike], [pos], [neg] and at least one numbered item: a number in round brackets, white space and text, such as
     * {@code (1) Capo}. The item block contains [like], and [dislike] after it. Used only where it is asked for.
     */
    MARKS
}
