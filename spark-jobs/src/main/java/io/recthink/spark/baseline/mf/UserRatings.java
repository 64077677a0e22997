package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.List;

/**
 * All ratings by the users of one block.
 *
 * @param block number of the user block
 * @param train one block of ratings for each item block, in their order
 * @param validation the same of the validation ratings
 */
record UserRatings(int block, List<RatingBlock> train, List<RatingBlock> validation) implements Serializable {}
