package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How much a template trace says. */
public enum TraceDetail {
    @JsonProperty("full")
    FULL,
    @JsonProperty("terse")
    TERSE
}
