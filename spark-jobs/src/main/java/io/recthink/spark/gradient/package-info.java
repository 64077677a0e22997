/** Gradients computed by tasks, chunk by chunk, and summed by a shuffle in a fixed order. */
package io.recthink.spark.gradient;
