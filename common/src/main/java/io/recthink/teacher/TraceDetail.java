package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The length of a template trace. */
public enum TraceDetail {
    @JsonProperty("full")
    FULL,
    @JsonProperty("terse")
    TERSE
}
