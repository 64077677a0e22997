package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The length of the texts of the rule teacher. */
public enum TraceDetail {
    @JsonProperty("full")
    FULL,
    @JsonProperty("terse")
    TERSE
}
