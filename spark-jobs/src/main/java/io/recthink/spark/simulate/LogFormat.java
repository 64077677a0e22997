package io.recthink.spark.simulate;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the simulated log is written. */
public enum LogFormat {
    @JsonProperty("json")
    JSON,
    @JsonProperty("parquet")
    PARQUET
}
