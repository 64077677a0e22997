/**
 * Trains and evaluates systems that are fitted on ratings: search of settings on validation, training, refit,
 * predictions, output and report. A system implements {@code RatingSystem}.
 */
package io.recthink.spark.baseline;
