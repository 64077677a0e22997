/**
 * GRPO: steps of rollout, score, gradient, learn and publish.
 *
 * <p>Completions sampled on executors are collected by the driver and sent to executors again for the gradient. The
 * reason: completions are in the run folder before the policy learns from them. A repeated step therefore learns from
 * the same completions, and an executor can differentiate a group that another executor sampled.
 */
package io.recthink.spark.train;
