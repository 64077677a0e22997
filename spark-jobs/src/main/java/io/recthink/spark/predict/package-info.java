/** Predictions of policies, and what they are made of: the rows, the read-outs, the fallback. */
package io.recthink.spark.predict;
