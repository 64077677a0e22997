/**
 * The systems that read reviews: DeepCoNN, NARRE and DAML. Vocabulary and word vectors are made on Spark from train
 * reviews; trainings run side by side on executors, or one training on several of them.
 */
package io.recthink.spark.baseline.review;
