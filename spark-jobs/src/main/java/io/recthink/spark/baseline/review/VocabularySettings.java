package io.recthink.spark.baseline.review;

import io.recthink.config.Problems;

/** The settings {@code review.vocabulary}. */
public record VocabularySettings(int words, double maxUserShare) {
    void check(Problems problems) {
        problems.atLeast(1, "words", words);
        problems.between(0, 1, "maxUserShare", maxUserShare);
    }
}
