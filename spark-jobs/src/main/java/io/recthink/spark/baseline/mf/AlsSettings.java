package io.recthink.spark.baseline.mf;

import io.recthink.config.Problems;
import java.util.List;

/** The settings {@code mf.als}: Spark's alternating least squares on the residuals of the bias model. */
public record AlsSettings(List<Integer> ranks, List<Double> penalties, int iterations, int blocks) {
    public AlsSettings {
        ranks = List.copyOf(ranks);
        penalties = List.copyOf(penalties);
    }

    void check(Problems problems) {
        problems.each("ranks", "at least 1", ranks, rank -> rank >= 1);
        problems.each("penalties", "at least 0", penalties, penalty -> penalty >= 0);
        problems.atLeast(1, "iterations", iterations);
        problems.atLeast(1, "blocks", blocks);
    }
}
