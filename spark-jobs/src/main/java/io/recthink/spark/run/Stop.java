package io.recthink.spark.run;

/**
 * What {@code stopped.json} says: a guard has stopped a run.
 *
 * @param step after which it stopped
 * @param reason why, in words
 * @param time in UTC
 */
public record Stop(int step, String reason, String time) {}
