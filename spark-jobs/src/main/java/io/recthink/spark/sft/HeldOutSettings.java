package io.recthink.spark.sft;

/** The section {@code sft.validation}: validation on held-out traces. */
public record HeldOutSettings(double share, int every) {}
