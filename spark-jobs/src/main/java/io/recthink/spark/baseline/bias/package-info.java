/** The bias model: every table's reference, and the prediction where a policy gives none. */
package io.recthink.spark.baseline.bias;
