/** Rewards and group advantages of rollouts. */
package io.recthink.spark.score;
