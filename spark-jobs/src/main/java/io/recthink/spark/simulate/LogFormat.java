package io.recthink.spark.simulate;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The file format of the simulated log. */
public enum LogFormat {
    @JsonProperty("json")
    JSON,
    @JsonProperty("parquet")
    PARQUET
}
