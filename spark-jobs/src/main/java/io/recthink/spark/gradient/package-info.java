/** Computes gradients in tasks, chunk by chunk, and sums them with a shuffle in a fixed order. */
package io.recthink.spark.gradient;
