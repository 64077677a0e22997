/** Predictions of policies for the rows of a data set, and for other rows in a pipeline. */
package io.recthink.spark.predict;
