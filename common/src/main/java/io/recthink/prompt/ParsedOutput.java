package io.recthink.prompt;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a completion says. The three parts are independent of each other: a rating can be there although the format is
 * not well formed.
 *
 * @param failedTests the format tests that do not hold
 * @param testsTotal the number of format tests of the grammar
 * @param rating the rating, within the scale; present when there is exactly one rate block and it holds a proper number
 * @param user the content of the user block, stripped; each text is present when its block occurs exactly once
 * @param item the content of the item block
 * @param match the content of the match block
 * @param think the content of the free think block
 * @param carriesMarks whether the completion contains each of [like], [dislike], [pos] and [neg]
 */
public record ParsedOutput(
        Set<FormatTest> failedTests,
        int testsTotal,
        OptionalDouble rating,
        Optional<String> user,
        Optional<String> item,
        Optional<String> match,
        Optional<String> think,
        boolean carriesMarks) {
    public ParsedOutput {
        failedTests = Set.copyOf(failedTests);
    }

    /** Whether the completion passes every format test. */
    public boolean formatOk() {
        return failedTests.isEmpty();
    }

    /** The number of format tests that hold, between 0 and {@link #testsTotal}. */
    public int testsPassed() {
        return testsTotal - failedTests.size();
    }
}
