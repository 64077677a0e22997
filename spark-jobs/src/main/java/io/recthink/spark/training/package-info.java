/** The common part of supervised and reinforcement learning: the learner on the driver and the course of a run. */
package io.recthink.spark.training;
