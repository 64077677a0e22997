package io.recthink.learn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The course of the learning rate after its warm-up; see {@link LearningRate}. */
public enum Schedule {
    @JsonProperty("constant")
    CONSTANT,
    @JsonProperty("linear")
    LINEAR,
    @JsonProperty("cosine")
    COSINE
}
