package io.recthink.spark.train;

/** One completion of a step, read from the step's folder. */
@SuppressWarnings("ArrayRecordComponent")
record PlainSample(int[] prompt, int[] completion, double[] oldLogprobs, double advantage) {}
