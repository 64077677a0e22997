/** Sampling from the policy on the executors: prompts, their order, completions. */
package io.recthink.spark.rollout;
