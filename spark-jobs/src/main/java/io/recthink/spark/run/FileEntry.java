package io.recthink.spark.run;

/**
 * A file that belongs to a step.
 *
 * @param path below the folder of the step
 */
public record FileEntry(String path, long bytes, String sha256) {}
