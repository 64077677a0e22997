package io.recthink.spark.cli;

/**
 * The memory that processes may take, in bytes.
 *
 * @param driver of the driver, or of the one process there is
 * @param executor of an executor outside of its GPU
 * @param gpu of a GPU
 */
record Limits(long driver, long executor, long gpu) {}
