package io.recthink.teacher;

import io.recthink.config.Problems;
import java.io.Serializable;
import java.util.List;

/**
 * The settings {@code teacher.rule}: how a {@link RuleTeacher} judges, and how it errs.
 *
 * @param detail the length of its texts
 * @param level the level from which its ratings start
 * @param slope the stars that one reason for or against an item is worth
 * @param generosity the stars that its ratings are above the level
 * @param spread the standard deviation of its ratings, in stars
 * @param blindSpot words of aspects that it never notices
 */
public record RuleSettings(
        TraceDetail detail, TeacherLevel level, double slope, double generosity, double spread, List<String> blindSpot)
        implements Serializable {
    public RuleSettings {
        blindSpot = List.copyOf(blindSpot);
    }

    void check(Problems problems) {
        problems.require(Double.isFinite(slope), "slope", "finite", slope);
        problems.require(Double.isFinite(generosity), "generosity", "finite", generosity);
        problems.require(spread >= 0 && Double.isFinite(spread), "spread", "at least 0 and finite", spread);
    }
}
