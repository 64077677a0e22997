package io.recthink.spark.registry;

import java.util.List;

/**
 * How one system predicted the test rows of a cycle.
 *
 * @param system its name
 * @param mae mean absolute error in stars, and the ends of its interval
 * @param failed share of the rows without a readable rating, 0 to 1
 * @param tokens mean number of generated tokens; 0 for systems that generate none
 * @param ratings number of predictions by rating, rounded to whole stars, from the lowest rating of the scale on
 */
public record Score(
        String system, double mae, double low, double high, double failed, double tokens, List<Long> ratings) {
    public Score {
        ratings = ratings == null ? List.of() : List.copyOf(ratings);
    }
}
