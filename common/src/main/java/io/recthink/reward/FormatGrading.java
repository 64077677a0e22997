package io.recthink.reward;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a malformed completion is graded. */
public enum FormatGrading {
    @JsonProperty("strict")
    STRICT,
    @JsonProperty("tags")
    TAGS
}
