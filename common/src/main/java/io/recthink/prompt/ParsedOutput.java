package io.recthink.prompt;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The parts of a parsed completion. The parts are independent: a completion can have a rating although its format is
 * not well formed.
 *
 * @param failedTests the format tests that the completion does not pass
 * @param share the share of the format tests that the completion passes, from 0 to 1. For {@link FormatTest#OWN_WORDS}
 *     each think block counts as one test, with the value of {@link ContentRule#share}.
 * @param rating the rating, within the scale; present when there is exactly one rate block with a valid number
 * @param user the content of the user block, stripped; each text is present when its block occurs exactly once
 * @param item the content of the item block
 * @param match the content of the match block
 * @param think the content of the free think block
 * @param carriesMarks whether the completion contains each of [like], [dislike], [pos] and [neg]
 */
public record ParsedOutput(
        Set<FormatTest> failedTests,
        double share,
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
}
