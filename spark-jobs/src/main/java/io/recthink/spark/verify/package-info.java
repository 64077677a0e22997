/** Compares what jobs have written, on a copy or years later, with what they said of it. */
package io.recthink.spark.verify;
