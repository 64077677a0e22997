package io.recthink.teacher;

import io.recthink.config.Problems;
import java.io.Serializable;

/**
 * The settings {@code teacher.budget}: the most that all answers of a ledger may have cost. 0 means no limit.
 *
 * @param requests answered requests
 * @param tokens tokens of prompts and answers
 * @param cost cost by {@code teacher.price}
 */
public record BudgetSettings(long requests, long tokens, double cost) implements Serializable {
    void check(Problems problems) {
        problems.atLeast(0, "requests", requests);
        problems.atLeast(0, "tokens", tokens);
        problems.require(cost >= 0 && Double.isFinite(cost), "cost", "at least 0 and finite", cost);
    }

    /** Whether there is any limit. */
    public boolean hasLimits() {
        return requests > 0 || tokens > 0 || cost > 0;
    }
}
