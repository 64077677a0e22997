package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * How many reviews and tokens NARRE reads: the smallest numbers that a share of the train users, items and reviews do
 * not exceed, at most those of the settings.
 *
 * @param userReviews the latest reviews of a user
 * @param itemReviews the latest reviews of an item
 * @param tokens the first tokens of a review
 */
record ReviewLimits(int userReviews, int itemReviews, int tokens) {
    private static final int FEWEST_TOKENS = 3; // a window of the convolution

    /**
     * Counts the train reviews.
     *
     * @param reviews columns user, item and tokens, as in {@link ReviewFolder}
     */
    static ReviewLimits of(Dataset<Row> reviews, NarreSettings settings) {
        return new ReviewLimits(
                Math.min(settings.maxReviews(), reviewsOf("user", reviews, settings.share())),
                Math.min(settings.maxReviews(), reviewsOf("item", reviews, settings.share())),
                Math.max(
                        FEWEST_TOKENS,
                        Math.min(
                                settings.maxTokens(),
                                percentile(
                                        reviews.select(length(col("tokens"))
                                                .divide(Integer.BYTES)
                                                .as("n")),
                                        settings.share()))));
    }

    private static int reviewsOf(String id, Dataset<Row> reviews, double share) {
        return percentile(reviews.groupBy(id).agg(count(lit(1)).as("n")), share);
    }

    private static int percentile(Dataset<Row> numbers, double share) {
        Column smallest = functions.expr("percentile_disc(" + share + ") WITHIN GROUP (ORDER BY n)");
        return (int) numbers.agg(smallest.cast("double")).head().getDouble(0);
    }
}
