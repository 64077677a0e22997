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
 * The manifest of a step, written last. A step without a manifest is not complete, and readers ignore it.
 *
 * @param step from 0, the starting policy
 * @param policyVersion version of the policy after the step
 * @param parentSha256 SHA-256 of the policy before the step; null at step 0
 * @param cursor position of the first prompt of the next step
 * @param best the best policy on validation up to this step; null before the first validation
 * @param files all files that the step wrote; policy and optimizer may be removed later
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

    /** Format version of the file; see {@link StateFile}. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public int format() {
        return StateFile.FORMAT;
    }

    /** This manifest with more files. */
    public Manifest with(List<FileEntry> more) {
        List<FileEntry> all = new ArrayList<>(files);
        all.addAll(more);
        return new Manifest(step, policyVersion, parentSha256, cursor, best, all);
    }
}
