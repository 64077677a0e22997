package io.recthink.teacher;

import io.recthink.prompt.PromptInput;

/**
 * Writes reasoning traces that a policy is warmed up with. A teacher sees what a prompt may show and never the true
 * rating. Safe for use by many threads.
 */
public interface Teacher {
    /** The name that the traces carry. */
    String name();

    /**
     * The trace of one example.
     *
     * @param rowId the example's id; the same id and input give the same trace
     */
    Trace trace(String rowId, PromptInput input);
}
