package io.recthink.spark.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.recthink.spark.files.StateFile;
import java.util.Objects;

/**
 * {@code run.json}: the program, the machine and the inputs of a run.
 *
 * @param runId unique among all runs
 * @param job {@code train} or {@code sft}
 * @param startSha256 SHA-256 of all files of the start model's folder
 * @param dataSha256 SHA-256 of ids and content of the examples of the run
 * @param processors task slots of the cluster at the start of the run; 0 in runs of versions that did not record it
 * @param created UTC, ISO 8601
 */
@JsonPropertyOrder("format")
public record RunDescription(
        String runId,
        String job,
        String recthink,
        String revision,
        String spark,
        String djl,
        String pytorch,
        String device,
        int processors,
        long seed,
        String start,
        String startSha256,
        String dataSha256,
        String created) {
    public RunDescription {
        Objects.requireNonNull(job, "no job");
        Objects.requireNonNull(start, "no start");
        Objects.requireNonNull(startSha256, "no startSha256");
        Objects.requireNonNull(dataSha256, "no dataSha256");
    }

    /** Format version of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }
}
