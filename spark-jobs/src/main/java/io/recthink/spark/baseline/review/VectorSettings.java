package io.recthink.spark.baseline.review;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.recthink.config.Problems;

/** The settings {@code review.vectors}. */
public record VectorSettings(Source source, String path, int minCount, int window, int iterations) {
    /** Where word vectors come from. */
    public enum Source {
        @JsonProperty("word2vec")
        WORD2VEC,
        @JsonProperty("file")
        FILE,
        @JsonProperty("random")
        RANDOM
    }

    void check(Problems problems) {
        problems.require(source != Source.FILE || !path.isBlank(), "path", "a file with word vectors", "empty");
        problems.atLeast(1, "minCount", minCount);
        problems.atLeast(1, "window", window);
        problems.atLeast(1, "iterations", iterations);
    }
}
