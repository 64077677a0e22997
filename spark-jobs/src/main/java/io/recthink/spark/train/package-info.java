/** GRPO: steps of rollout, score, gradient, learn and publish. */
package io.recthink.spark.train;
