package io.recthink.spark.files;

import java.util.Objects;

/**
 * A file that belongs to a step.
 *
 * @param path below the folder of the step
 */
public record FileEntry(String path, long bytes, String sha256) {
    public FileEntry {
        Objects.requireNonNull(path, "a file without a path");
        Objects.requireNonNull(sha256, "a file without a sha256");
    }
}
