/** From a review log to examples: one row a (user, item, time) to predict, with what was known before. */
package io.recthink.spark.prepare;
