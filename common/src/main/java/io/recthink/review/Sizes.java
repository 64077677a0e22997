package io.recthink.review;

import java.io.Serializable;

/**
 * The sizes of a network.
 *
 * @param users the number of users that training knows
 * @param items the number of items that training knows
 * @param vocabulary the number of words, with padding (0) and the separator (1)
 * @param wordDimension E, the length of a word vector
 * @param filters K, the filters of a convolution
 * @param latent n, the length of latent vectors and of vectors of ids
 * @param tokens the largest number of tokens of a document (L) or of a review (T), at least 3
 * @param interactions k, the columns of the factorisation machine (DeepCoNN, DAML)
 * @param attention the size of the attention (NARRE)
 */
public record Sizes(
        int users,
        int items,
        int vocabulary,
        int wordDimension,
        int filters,
        int latent,
        int tokens,
        int interactions,
        int attention)
        implements Serializable {
    private static final int WINDOW = 3;

    public Sizes {
        if (tokens < WINDOW) {
            throw new IllegalArgumentException("texts must have room for %d tokens (was %d)".formatted(WINDOW, tokens));
        }
    }

    /** Rows of a table of users or items: those of training, one that is unknown, and none. */
    static int rows(int ids) {
        return ids + 2;
    }
}
