package io.recthink.spark.baseline.mf;

/**
 * The hyper-parameters of ALS.
 *
 * @param rank the number of factors of a user and of an item
 * @param penalty {@code regParam}; Spark multiplies it by the number of ratings of the user or item
 */
record AlsSetting(int rank, double penalty) {}
