package io.recthink.spark.baseline.mf;

import java.io.Serializable;

/**
 * The ratings that the users of one block gave to the items of one block.
 *
 * @param users index of each rating's user in its block; -1 where the user has no train rating
 * @param items index of each rating's item in its block; -1 where the item has no train rating
 * @param ratings as many as users and items
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
