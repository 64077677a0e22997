package io.recthink.review;

/**
 * The rows of a batch: a user, an item, and what is known of both.
 *
 * @param ratings the true ratings, one a row; empty where only predictions are asked for
 */
@SuppressWarnings("ArrayRecordComponent") // one number a row; never compared
public record Batch(Side user, Side item, float[] ratings) {
    public Batch {
        if (user.ids().length != item.ids().length || (ratings.length > 0 && ratings.length != user.ids().length)) {
            throw new IllegalArgumentException("%d users, %d items and %d ratings"
                    .formatted(user.ids().length, item.ids().length, ratings.length));
        }
    }

    /** The number of rows. */
    public int rows() {
        return user.ids().length;
    }
}
