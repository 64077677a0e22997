package io.recthink.spark.files;

import java.util.Objects;

/**
 * A file of a step.
 *
 * @param path path in the folder of the step
 */
public record FileEntry(String path, long bytes, String sha256) {
    public FileEntry {
        Objects.requireNonNull(path, "a file without a path");
        Objects.requireNonNull(sha256, "a file without a sha256");
    }
}
