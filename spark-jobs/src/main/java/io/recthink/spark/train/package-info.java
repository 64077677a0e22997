/**
 * GRPO: steps of rollout, score, gradient, learn and publish.
 *
 * <p>What is sampled on executors comes to the driver and goes out again to be differentiated. That way is deliberate:
 * completions lie in the run folder before anything is learnt from them, so a step that is made again learns from the same
 * ones, and a group may be differentiated elsewhere than it was sampled.
 */
package io.recthink.spark.train;
