package io.recthink.spark.rollout;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the prompts of steps are drawn from the pool. */
public enum PromptDraw {
    /** Each prompt once an epoch, whatever its true rating. */
    @JsonProperty("as-is")
    AS_IS,
    /** Each true rating equally often. */
    @JsonProperty("balanced")
    BALANCED
}
