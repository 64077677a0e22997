package io.recthink.spark.baseline.mf;

/**
 * The hyper-parameters of ALS.
 *
 * @param rank numbers a user and an item has
 * @param penalty {@code regParam}; Spark multiplies it by the ratings of the user or item
 */
record AlsSetting(int rank, double penalty) {}
