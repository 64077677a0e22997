package io.recthink.spark.train;

import io.recthink.config.Problems;

/** The section {@code train.guards}: conditions that stop a run. */
public record GuardSettings(
        int startCompletions,
        double minFormatRate,
        double armedAt,
        double maxLengthGrowth,
        double minEntropy,
        double maxEntropy,
        double minDistinct,
        double maxCopied,
        double minAbout,
        int deadSteps) {
    void check(Problems problems) {
        problems.atLeast(0, "startCompletions", startCompletions);
        problems.between(0, 1, "minDistinct", minDistinct);
        problems.between(0, 1, "maxCopied", maxCopied);
        problems.between(0, 1, "minAbout", minAbout);
        problems.atLeast(0, "deadSteps", deadSteps);
    }
}
