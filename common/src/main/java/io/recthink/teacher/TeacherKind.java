package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The kinds of teachers that write traces. */
public enum TeacherKind {
    @JsonProperty("template")
    TEMPLATE
}
