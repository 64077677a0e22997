package io.recthink.spark.sft;

/** The validation on traces that are held out. */
public record HeldOutSettings(double share, int every) {}
