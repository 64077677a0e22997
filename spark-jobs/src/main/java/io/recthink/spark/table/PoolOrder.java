package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which train rows the pools take first. */
public enum PoolOrder {
    /** By a hash of the seed and the row id. */
    @JsonProperty("random")
    RANDOM,
    /** The latest rows first; rows of one time by the hash. */
    @JsonProperty("newest")
    NEWEST
}
