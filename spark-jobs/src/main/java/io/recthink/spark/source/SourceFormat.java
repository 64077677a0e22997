package io.recthink.spark.source;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The layout of a log. */
public enum SourceFormat {
    @JsonProperty("amazon-2014")
    AMAZON_2014,
    @JsonProperty("amazon-2018")
    AMAZON_2018,
    @JsonProperty("amazon-2023")
    AMAZON_2023,
    @JsonProperty("yelp")
    YELP,
    @JsonProperty("movielens")
    MOVIELENS,
    @JsonProperty("json")
    JSON,
    @JsonProperty("csv")
    CSV,
    @JsonProperty("parquet")
    PARQUET,
    @JsonProperty("orc")
    ORC,
    @JsonProperty("avro")
    AVRO,
    /** A view or table that {@code spark.table} resolves, in the default catalog or another, for example of Iceberg. */
    @JsonProperty("table")
    TABLE
}
