package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The rating at the end of a trace of the warm start. */
public enum TraceRatings {
    /**
     * The true rating, as RecOne demands. A trace with another rating is replaced by a rationale that ends in the true
     * rating, or dropped.
     */
    @JsonProperty("truth")
    TRUTH,
    /**
     * The rating of the teacher, right or wrong. Such traces teach the form only, for a model that cannot write it. They
     * leave the ratings to the reinforcement learning.
     */
    @JsonProperty("teacher")
    TEACHER
}
