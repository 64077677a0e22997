package io.recthink.spark.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.recthink.spark.files.StateFile;
import java.util.Objects;

/**
 * {@code run.json}: what a run was made from and with.
 *
 * @param runId unique among all runs
 * @param job {@code train} or {@code sft}
 * @param startSha256 of all files of the folder that the run started from
 * @param dataSha256 of the examples that the run learns from, their ids and their content
 * @param processors task slots of the cluster when the run was begun; 0 in runs of before this was written down
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

    /** Of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }
}
