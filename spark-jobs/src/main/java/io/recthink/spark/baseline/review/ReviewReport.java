package io.recthink.spark.baseline.review;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.recthink.spark.baseline.ColdShares;
import io.recthink.spark.baseline.Fit;
import java.util.List;

/**
 * The report of {@code review}: words, search, choice and cost of each system. It is written to {@code paths.review}, by
 * default {@code review.json}.
 *
 * @param name the name of the data set
 * @param dataSha256 the hash of its examples
 * @param seed the seed of the run
 * @param trainRatings the number of ratings that the search trained on
 * @param users the number of users with train ratings
 * @param items the number of items with train ratings
 * @param tokens the number of known words in all train reviews
 * @param words what the word vectors are
 * @param wordFolder where vocabulary and vectors are kept
 * @param limits how many reviews and tokens NARRE reads
 * @param wordDimension the length of a word vector
 * @param filters the filters of a convolution
 * @param tasks the number of tasks that share a training
 * @param rounds how often they average their networks in an epoch
 * @param cold the predicted rows with new users and items
 * @param systems one entry per system, read-out and seed
 */
record ReviewReport(
        String name,
        String dataSha256,
        long seed,
        long trainRatings,
        int users,
        int items,
        long tokens,
        WordTable.Description words,
        String wordFolder,
        ReviewLimits limits,
        int wordDimension,
        int filters,
        int tasks,
        int rounds,
        @JsonUnwrapped ColdShares cold,
        List<Fit<?>> systems) {}
