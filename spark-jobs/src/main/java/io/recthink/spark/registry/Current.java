package io.recthink.spark.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.recthink.spark.files.StateFile;

/**
 * {@code current.json}: the version that serves.
 *
 * @param version its number
 * @param sha256 SHA-256 of its weights
 * @param time since when, in UTC
 */
@JsonPropertyOrder("format")
public record Current(int version, String sha256, String time) {
    /** Format version of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }
}
