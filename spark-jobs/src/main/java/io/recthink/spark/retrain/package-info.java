/**
 * {@code retrain}: one cycle from the newest rows of a log to a decision. {@link io.recthink.spark.retrain.RetrainJob}
 * shows the way of the data from top to bottom.
 */
package io.recthink.spark.retrain;
