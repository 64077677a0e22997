package io.recthink.spark.run;

/**
 * {@code stopped.json}: a guard, or a validation without improvement, ended the run before its last step.
 *
 * @param step the last step of the run
 * @param reason why, in words
 * @param time in UTC
 */
public record Stop(int step, String reason, String time) {}
