package io.recthink.prompt;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the policy thinks before it rates: the templates 3a, 3b and 3c of RecZero. */
public enum ThinkMode {
    @JsonProperty("four-steps")
    FOUR_STEPS,
    @JsonProperty("none")
    NONE,
    @JsonProperty("free")
    FREE
}
