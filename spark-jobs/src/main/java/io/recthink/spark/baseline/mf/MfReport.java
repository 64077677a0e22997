package io.recthink.spark.baseline.mf;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.recthink.spark.baseline.ColdShares;
import io.recthink.spark.baseline.Fit;
import java.util.List;

/**
 * The report of {@code mf}: the search, the choice and the cost of each system. It is written to {@code paths.mf}, by
 * default {@code mf.json}.
 *
 * @param name the name of the data set
 * @param dataSha256 the hash of its examples
 * @param seed the seed of the run
 * @param trainRatings the number of ratings that the search trained on
 * @param validationRatings the number of ratings that chose the setting
 * @param users the number of users with train ratings
 * @param items the number of items with train ratings
 * @param blocks the number of user blocks, and of item blocks
 * @param biases whether the factorisations have biases
 * @param cold the predicted rows with new users and items
 * @param systems one entry per system and read-out
 */
record MfReport(
        String name,
        String dataSha256,
        long seed,
        long trainRatings,
        long validationRatings,
        long users,
        long items,
        int blocks,
        boolean biases,
        @JsonUnwrapped ColdShares cold,
        List<Fit<?>> systems) {}
