package io.recthink.reward;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The shape of the answer reward. */
public enum RewardShape {
    @JsonProperty("l1")
    L1,
    @JsonProperty("l2")
    L2,
    @JsonProperty("exact")
    EXACT
}
