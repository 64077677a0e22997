/** The commands {@code predict} and {@code prompt}, and {@code RatingPredictor} for policies in a Spark ML pipeline. */
package io.recthink.spark.predict;
