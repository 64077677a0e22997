package io.recthink.spark.retrain;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.spark.source.Period;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The section {@code retrain}: the window of a cycle, how it is divided, and what is kept. */
public record RetrainSettings(
        String name, int hours, int windowDays, int minNewRows, int validationRows, int testRows, Keep keep)
        implements Section {
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /**
     * What is kept.
     *
     * @param versions number of published versions that keep their policies
     * @param cycles number of cycles that keep their working folders
     */
    public record Keep(int versions, int cycles) {}

    @Override
    public void check(Problems problems) {
        problems.require(name.matches(NAME), "name", "letters, digits, '.', '_' and '-'", "'" + name + "'");
        problems.between(1, 24 * 366, "hours", hours);
        problems.atLeast(0, "windowDays", windowDays);
        problems.atLeast(1, "minNewRows", minNewRows);
        problems.atLeast(1, "validationRows", validationRows);
        problems.atLeast(1, "testRows", testRows);
        problems.in("keep").atLeast(2, "versions", keep.versions);
        problems.in("keep").atLeast(1, "cycles", keep.cycles);
    }

    /** The end of the newest cycle that is over: cycles end at whole multiples of {@link #hours} since 1970. */
    Instant newestEnd(Instant now) {
        long seconds = Duration.ofHours(hours).toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), seconds) * seconds);
    }

    /** The window of a cycle. */
    Period window(Instant until) {
        return new Period(
                windowDays == 0 ? Optional.empty() : Optional.of(until.minus(Duration.ofDays(windowDays))),
                Optional.of(until));
    }
}
