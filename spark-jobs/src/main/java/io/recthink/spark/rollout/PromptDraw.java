package io.recthink.spark.rollout;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the prompts of steps are drawn from their pool. */
public enum PromptDraw {
    /** Each once an epoch, whatever its true rating. */
    @JsonProperty("as-is")
    AS_IS,
    /** Each true rating as often as the others. */
    @JsonProperty("balanced")
    BALANCED
}
