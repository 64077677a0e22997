package io.recthink.spark.baseline.review;

/**
 * What the networks of one data set have in common.
 *
 * @param users the number of users of the training
 * @param items the number of items of the training
 * @param vocabulary the number of token ids, with padding and separator
 * @param wordDimension E, the length of a word vector
 * @param filters K
 * @param limits how many reviews and tokens NARRE reads
 */
record Reading(int users, int items, int vocabulary, int wordDimension, int filters, ReviewLimits limits) {}
