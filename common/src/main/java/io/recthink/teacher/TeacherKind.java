package io.recthink.teacher;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who writes the traces. */
public enum TeacherKind {
    @JsonProperty("template")
    TEMPLATE
}
