/**
 * Matrix factorisation with biases, Spark's ALS on the residuals of the bias model, and the search of their settings.
 */
package io.recthink.spark.baseline.mf;
