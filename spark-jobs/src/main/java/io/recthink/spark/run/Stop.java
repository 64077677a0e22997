package io.recthink.spark.run;

/**
 * What {@code stopped.json} says: a run has ended before its last step, by a guard or by a validation that did not get better.
 *
 * @param step after which it stopped
 * @param reason why, in words
 * @param time in UTC
 */
public record Stop(int step, String reason, String time) {}
