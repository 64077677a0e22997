package io.recthink.spark.baseline.mf;

import java.util.Arrays;

/** Collects the ratings of a block in primitive arrays. */
final class RatingBlockBuilder {
    private int[] users = new int[16];
    private int[] items = new int[16];
    private float[] ratings = new float[16];
    private int size;

    void add(int user, int item, float rating) {
        if (size == ratings.length) {
            resize(Math.addExact(size, size));
        }
        users[size] = user;
        items[size] = item;
        ratings[size++] = rating;
    }

    RatingBlock build() {
        resize(size);
        return new RatingBlock(users, items, ratings);
    }

    private void resize(int length) {
        users = Arrays.copyOf(users, length);
        items = Arrays.copyOf(items, length);
        ratings = Arrays.copyOf(ratings, length);
    }
}
