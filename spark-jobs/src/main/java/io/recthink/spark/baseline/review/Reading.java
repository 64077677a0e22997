package io.recthink.spark.baseline.review;

import io.recthink.review.Sizes;

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
record Reading(int users, int items, int vocabulary, int wordDimension, int filters, ReviewLimits limits) {
    /** The sizes of a network; see {@link Sizes}. */
    Sizes sizes(Setting setting, int tokens, int interactions, int attention) {
        return new Sizes(
                users, items, vocabulary, wordDimension, filters, setting.latent(), tokens, interactions, attention);
    }
}
