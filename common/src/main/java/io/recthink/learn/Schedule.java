package io.recthink.learn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the learning rate goes on after its warm-up. */
public enum Schedule {
    @JsonProperty("constant")
    CONSTANT,
    @JsonProperty("linear")
    LINEAR,
    @JsonProperty("cosine")
    COSINE
}
