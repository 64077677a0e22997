package io.recthink.spark.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.recthink.spark.files.FileEntry;
import io.recthink.spark.files.StateFile;
import io.recthink.spark.policy.PolicyVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What makes a step count: it is written last, and readers believe nothing without it.
 *
 * @param step from 0, the starting policy
 * @param policyVersion of the policy after the step
 * @param parentSha256 of the policy before the step; null at step 0
 * @param cursor where the prompts of the next step come from
 * @param best the best policy on validation up to this step; null while there was no validation
 * @param files everything that the step wrote; a step that is not kept loses its policy and optimizer later
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder("format")
public record Manifest(
        int step, PolicyVersion policyVersion, String parentSha256, Cursor cursor, Best best, List<FileEntry> files) {
    public Manifest {
        Objects.requireNonNull(policyVersion, "no policyVersion");
        Objects.requireNonNull(cursor, "no cursor");
        Objects.requireNonNull(files, "no files");
        files = List.copyOf(files);
    }

    /** Of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }

    /** With more files. */
    public Manifest with(List<FileEntry> more) {
        List<FileEntry> all = new ArrayList<>(files);
        all.addAll(more);
        return new Manifest(step, policyVersion, parentSha256, cursor, best, all);
    }
}
