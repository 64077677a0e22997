package io.recthink.teacher;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.io.Serializable;

/** The section {@code coldStart}: the traces of the supervised warm start. */
public record ColdStartSettings(
        TeacherKind teacher,
        int traces,
        TeacherLevel level,
        double slope,
        double generosity,
        double spread,
        TraceDetail detail)
        implements Section, Serializable {
    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "traces", traces);
        problems.require(spread >= 0, "spread", "at least 0", spread);
    }
}
