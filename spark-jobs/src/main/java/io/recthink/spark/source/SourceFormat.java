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
    /** What {@code spark.table} resolves: a view or a table of the catalog or of another one, Iceberg's for example. */
    @JsonProperty("table")
    TABLE
}
