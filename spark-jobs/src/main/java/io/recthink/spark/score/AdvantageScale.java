package io.recthink.spark.score;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a reward's distance from the mean of its group is divided by. */
public enum AdvantageScale {
    /** The standard deviation of the group. */
    @JsonProperty("group")
    GROUP,
    /** Nothing. */
    @JsonProperty("none")
    NONE
}
