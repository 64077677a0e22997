package io.recthink.spark.simulate;

/**
 * What one sentence of a review says.
 *
 * @param aspect the aspect's number
 * @param taste liked or disliked; nobody writes about what leaves them cold
 */
record Mention(int aspect, Taste taste) {}
