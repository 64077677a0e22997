package io.recthink.spark.score;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The divisor of an advantage, which is a reward minus the mean of its group. */
public enum AdvantageScale {
    /** The standard deviation of the group. */
    @JsonProperty("group")
    GROUP,
    /** No divisor. */
    @JsonProperty("none")
    NONE
}
