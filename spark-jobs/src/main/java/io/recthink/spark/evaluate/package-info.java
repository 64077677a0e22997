/** Computes the numbers of a comparison: scored rows, trivial predictors, errors and their intervals, slices, costs. */
package io.recthink.spark.evaluate;
