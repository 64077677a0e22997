/**
 * Turns a review log into examples: one row per (user, item, time) to predict, with the information that was known
 * before.
 */
package io.recthink.spark.prepare;
