package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The level from which the rule teacher's ratings start. */
public enum TeacherLevel {
    /** The mean of the ratings in the user's history; the middle of the scale for a new user. */
    @JsonProperty("user")
    USER,
    /** The middle of the scale. */
    @JsonProperty("middle")
    MIDDLE
}
