/** The bias model: the reference of every table, and the prediction for a failed prediction of a policy. */
package io.recthink.spark.baseline.bias;
