package io.recthink.spark.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.StateFile;
import java.util.List;
import java.util.Objects;

/**
 * A version of a registry, the file {@code version.json}. A refused version has no policy in the registry.
 *
 * @param version its number, from 1
 * @param status whether it may serve
 * @param created time in UTC
 * @param source the folder from which its policy was copied; of a refused version, the policy itself
 * @param sha256 SHA-256 of the weights
 * @param parent the version that served when it was made; null: none did
 * @param since the first time of the rows that its cycle read; null: from the beginning of the log, or by hand
 * @param until the first time after the rows that its cycle read; null: published by hand
 * @param seenUntil the latest time of a row that its training used; null: not known
 * @param rules the rules of the gate; empty: published by hand
 * @param measured the numbers of its cycle; null: published by hand
 * @param withdrawn when a rollback left it; null: it was not
 * @param files the files of its policy
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder("format")
public record Version(
        int version,
        Status status,
        String created,
        String source,
        String sha256,
        Integer parent,
        String since,
        String until,
        String seenUntil,
        List<Rule> rules,
        Measurement measured,
        String withdrawn,
        List<FileEntry> files) {
    /** Whether a version may serve. */
    public enum Status {
        @JsonProperty("published")
        PUBLISHED,
        @JsonProperty("refused")
        REFUSED
    }

    public Version {
        Objects.requireNonNull(status, "a version without a status");
        Objects.requireNonNull(sha256, "a version without a sha256");
        rules = rules == null ? List.of() : List.copyOf(rules);
        files = files == null ? List.of() : List.copyOf(files);
    }

    /** Format version of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }

    /** Whether the gate let it pass, or a person published it. */
    @JsonIgnore
    public boolean isPublished() {
        return status == Status.PUBLISHED;
    }

    Version with(List<FileEntry> copied) {
        return new Version(
                version, status, created, source, sha256, parent, since, until, seenUntil, rules, measured, withdrawn,
                copied);
    }

    Version withdrawn(String time) {
        return new Version(
                version, status, created, source, sha256, parent, since, until, seenUntil, rules, measured, time,
                files);
    }
}
