package io.recthink.spark.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;

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
public record Manifest(
        int step, PolicyVersion policyVersion, String parentSha256, Cursor cursor, Best best, List<FileEntry> files) {
    public Manifest {
        files = List.copyOf(files);
    }

    /** With more files. */
    public Manifest with(List<FileEntry> more) {
        List<FileEntry> all = new ArrayList<>(files);
        all.addAll(more);
        return new Manifest(step, policyVersion, parentSha256, cursor, best, all);
    }
}
