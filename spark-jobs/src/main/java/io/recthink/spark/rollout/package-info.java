/** Sampling from the policy on the executors. */
package io.recthink.spark.rollout;
