package io.recthink.spark.simulate;

/**
 * The meaning of one sentence of a review.
 *
 * @param aspect the aspect's number
 * @param taste liked or disliked; no review mentions an aspect without a preference
 */
record Mention(int aspect, Taste taste) {}
