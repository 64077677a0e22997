package io.recthink.spark.sft;

/**
 * The form of a policy's samples.
 *
 * @param formatRate share of well-formed samples
 * @param ratingSpread mean over the prompts of the standard deviation of their ratings, in stars; 0 means that
 *     reinforcement learning has no signal
 */
record SampledForm(double formatRate, double ratingSpread) {}
