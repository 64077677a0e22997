package io.recthink.spark.page;

/**
 * A labelled position on a scale.
 *
 * @param position in percent of the scale
 */
public record Tick(double position, String label) {}
