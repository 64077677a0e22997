package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.List;

/**
 * All ratings by the users of one block.
 *
 * @param block the number of the user block
 * @param train one block of train ratings for each item block, in their order
 * @param validation one block of validation ratings for each item block, in their order
 */
record UserRatings(int block, List<RatingBlock> train, List<RatingBlock> validation) implements Serializable {}
