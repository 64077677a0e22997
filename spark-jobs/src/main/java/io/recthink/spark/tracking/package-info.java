/** Sends what a training measures to the tools of a platform: Spark's metrics system, and MLflow. */
package io.recthink.spark.tracking;
