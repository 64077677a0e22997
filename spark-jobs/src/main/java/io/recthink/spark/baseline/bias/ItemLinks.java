package io.recthink.spark.baseline.bias;

import io.recthink.statistics.BiasModel;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One part of the items, and the parts of the users that rate them.
 *
 * @param part the number of this part of the items
 * @param items the ids of the items
 * @param counts the number of ratings of each item
 * @param links for each part of the users, the positions of the items that these users rate, in the order of that part
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ItemLinks(int part, String[] items, long[] counts, int[][] links) implements Serializable {

    /**
     * The items of this part that one part of the users rates.
     *
     * @param from the number of the part of the users
     * @param items the ids of the items
     * @param counts the number of ratings of each item by these users
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Introduction(int from, String[] items, long[] counts) implements Serializable {}

    /** @param introductions one from each part of the users, in any order */
    static ItemLinks of(int part, List<Introduction> introductions) {
        Map<String, Integer> positions = new HashMap<>();
        int[][] links = new int[introductions.size()][];
        for (Introduction introduction : introductions) {
            int[] link = new int[introduction.items.length];
            for (int i = 0; i < link.length; i++) {
                link[i] = positions.computeIfAbsent(introduction.items[i], id -> positions.size());
            }
            links[introduction.from] = link;
        }
        String[] items = new String[positions.size()];
        positions.forEach((item, position) -> items[position] = item);
        long[] counts = new long[items.length];
        introductions.forEach(introduction -> add(counts, links[introduction.from], introduction.counts));
        return new ItemLinks(part, items, counts, links);
    }

    /**
     * The biases of the items.
     *
     * @param residuals one message from each part of the users, in any order: the order does not change sums of whole
     *     units
     */
    double[] biases(List<Message<long[]>> residuals) {
        long[] sums = new long[items.length];
        residuals.forEach(message -> add(sums, links[message.from()], message.numbers()));
        double[] biases = new double[items.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = BiasModel.damped(sums[i] / UserOpinions.UNITS, counts[i]);
        }
        return biases;
    }

    private static void add(long[] sums, int[] link, long[] numbers) {
        for (int i = 0; i < link.length; i++) {
            sums[link[i]] = Math.addExact(sums[link[i]], numbers[i]);
        }
    }

    /** The biases of the items that a part of the users rates, in the order of that part. */
    double[] biasesFor(int users, double[] biases) {
        double[] needed = new double[links[users].length];
        for (int i = 0; i < needed.length; i++) {
            needed[i] = biases[links[users][i]];
        }
        return needed;
    }

    /** Numbers that one part sends to another part. */
    record Message<T extends Serializable>(int from, T numbers) implements Serializable {}
}
