package io.recthink.spark.baseline.bias;

import io.recthink.statistics.BiasModel;
import java.io.Serializable;
import java.util.Arrays;

/**
 * The ratings of one part of the users in primitive arrays: 12 bytes per rating, and each id once.
 *
 * @param part the number of this part of the users
 * @param users the ids of the users
 * @param starts the position of each user's first rating, and the end of the last user's ratings
 * @param items the item of each rating, as the position of its id in {@code itemIds}
 * @param ratings the ratings, user by user
 * @param itemIds the ids of the rated items, grouped by the part of the items
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record UserOpinions(int part, String[] users, int[] starts, int[] items, double[] ratings, String[][] itemIds)
        implements Serializable {
    /** The units of residuals: sums are whole multiples of 1 / UNITS. */
    static final double UNITS = 1L << 32;

    /** The part of the items that contains an item. */
    static int itemPart(String item, int parts) {
        return Math.floorMod(item.hashCode(), parts);
    }

    /** The number of ratings of each item by these users, in the order of {@code itemIds}. */
    long[][] counts() {
        long[] counts = new long[itemCount()];
        for (int item : items) {
            counts[item]++;
        }
        return byPart(counts);
    }

    /**
     * The sum of residuals of each item after the mean and the users' biases, in units, in the order of
     * {@code itemIds}.
     */
    long[][] residuals(double mean, double[] userBiases) {
        long[] sums = new long[itemCount()];
        for (int user = 0; user < users.length; user++) {
            double expected = mean + userBiases[user];
            for (int rating = starts[user]; rating < starts[user + 1]; rating++) {
                sums[items[rating]] = Math.addExact(sums[items[rating]], units(ratings[rating] - expected));
            }
        }
        return byPart(sums);
    }

    /**
     * The biases of the users.
     *
     * @param itemBiases in the order of {@code itemIds}
     */
    double[] userBiases(double mean, double[][] itemBiases) {
        double[] biases =
                Arrays.stream(itemBiases).flatMapToDouble(Arrays::stream).toArray();
        double[] userBiases = new double[users.length];
        for (int user = 0; user < users.length; user++) {
            long sum = 0;
            for (int rating = starts[user]; rating < starts[user + 1]; rating++) {
                sum = Math.addExact(sum, units(ratings[rating] - (mean + biases[items[rating]])));
            }
            userBiases[user] = BiasModel.damped(sum / UNITS, starts[user + 1] - starts[user]);
        }
        return userBiases;
    }

    private static long units(double residual) {
        return Math.round(residual * UNITS);
    }

    private int itemCount() {
        return Arrays.stream(itemIds).mapToInt(ids -> ids.length).sum();
    }

    private long[][] byPart(long[] numbers) {
        long[][] parts = new long[itemIds.length][];
        int from = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Arrays.copyOfRange(numbers, from, from + itemIds[i].length);
            from += itemIds[i].length;
        }
        return parts;
    }
}
