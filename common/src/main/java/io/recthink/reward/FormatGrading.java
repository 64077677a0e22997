package io.recthink.reward;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the reward grades the format of a completion; {@link RewardFunction} gives the formulas. */
public enum FormatGrading {
    @JsonProperty("strict")
    STRICT,
    @JsonProperty("tags")
    TAGS
}
