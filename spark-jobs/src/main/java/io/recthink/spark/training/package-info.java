/** What supervised and reinforcement learning share: the learner on the driver and the course of a run. */
package io.recthink.spark.training;
