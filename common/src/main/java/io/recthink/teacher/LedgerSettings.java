package io.recthink.teacher;

import io.recthink.config.Problems;
import java.io.Serializable;

/**
 * The settings {@code teacher.ledger}.
 *
 * @param every the most answers of a task that one file of the ledger holds
 */
public record LedgerSettings(int every) implements Serializable {
    void check(Problems problems) {
        problems.atLeast(1, "every", every);
    }
}
