package io.recthink.spark.simulate;

import io.recthink.config.Problems;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/**
 * The section {@code simulate.drift}: what changes at a date.
 *
 * @param from the date, ISO 8601, in UTC; empty: nothing changes
 * @param level stars by which all ratings change
 * @param share the share of users whose tastes are drawn anew
 */
public record DriftSettings(String from, double level, double share) implements Serializable {
    static final DriftSettings NONE = new DriftSettings("", 0, 0);

    void check(Problems problems) {
        problems.between(-4, 4, "level", level);
        problems.between(0, 1, "share", share);
        try {
            second();
        } catch (DateTimeException e) {
            problems.require(false, "from", "a date such as 2024-03-01, or empty", from);
        }
    }

    /** The first second of the date, since 1970; empty without a drift. */
    OptionalLong second() {
        return from.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        LocalDate.parse(from).atStartOfDay(ZoneOffset.UTC).toEpochSecond());
    }
}
