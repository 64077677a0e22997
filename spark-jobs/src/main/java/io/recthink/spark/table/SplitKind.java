package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a log is split into train, validation and test. */
public enum SplitKind {
    @JsonProperty("global-time")
    GLOBAL_TIME,
    @JsonProperty("per-user-last")
    PER_USER_LAST,
    @JsonProperty("random")
    RANDOM
}
