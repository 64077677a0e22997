package io.recthink.review;

import java.util.stream.IntStream;

/**
 * Users and items with the moment at which the rating is asked for: the rows that a network learns from or predicts.
 *
 * @param users a number of a user of the corpus; their count for an unknown one
 * @param items a number of an item of the corpus; their count for an unknown one
 * @param times the moments, in the unit of the corpus
 * @param ratings the true ratings; empty where only predictions are asked for
 */
@SuppressWarnings("ArrayRecordComponent") // large; never compared
public record RatedPairs(int[] users, int[] items, long[] times, float[] ratings) {
    public RatedPairs {
        if (users.length != items.length
                || users.length != times.length
                || (ratings.length > 0 && ratings.length != users.length)) {
            throw new IllegalArgumentException("%d users, %d items, %d times and %d ratings"
                    .formatted(users.length, items.length, times.length, ratings.length));
        }
    }

    public int size() {
        return users.length;
    }

    /** The pairs at a place and at every {@code step}-th place behind it. */
    public RatedPairs every(int step, int first) {
        int[] places = IntStream.iterate(first, place -> place < size(), place -> place + step)
                .toArray();
        float[] chosen = new float[ratings.length == 0 ? 0 : places.length];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = ratings[places[i]];
        }
        return new RatedPairs(
                IntStream.of(places).map(place -> users[place]).toArray(),
                IntStream.of(places).map(place -> items[place]).toArray(),
                IntStream.of(places).mapToLong(place -> times[place]).toArray(),
                chosen);
    }
}
