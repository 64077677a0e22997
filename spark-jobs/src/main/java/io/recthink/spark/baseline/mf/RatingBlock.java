package io.recthink.spark.baseline.mf;

import java.io.Serializable;

/**
 * The ratings of the items of one block by the users of one block. The three arrays have the same length.
 *
 * @param users the index of each rating's user in its block; -1 where the user has no train rating
 * @param items the index of each rating's item in its block; -1 where the item has no train rating
 * @param ratings the ratings
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RatingBlock(int[] users, int[] items, float[] ratings) implements Serializable {
    RatingBlock {
        if (users.length != items.length || users.length != ratings.length) {
            throw new IllegalArgumentException(
                    "%d users, %d items, %d ratings".formatted(users.length, items.length, ratings.length));
        }
    }

    int size() {
        return ratings.length;
    }
}
