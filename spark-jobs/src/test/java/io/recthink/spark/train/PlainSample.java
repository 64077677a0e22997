package io.recthink.spark.train;

/** One completion of a step as its folder tells it. */
@SuppressWarnings("ArrayRecordComponent")
record PlainSample(int[] prompt, int[] completion, double[] oldLogprobs, double advantage) {}
