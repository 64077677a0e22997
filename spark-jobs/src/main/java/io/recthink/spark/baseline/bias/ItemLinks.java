package io.recthink.spark.baseline.bias;

import io.recthink.statistics.BiasModel;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Some items, and which part of the users needs which of them.
 *
 * @param part number of this part of the items
 * @param items the ids
 * @param counts ratings of each item
 * @param links for each part of the users the positions of the items that are rated there, in that part's order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ItemLinks(int part, String[] items, long[] counts, int[][] links) implements Serializable {

    /**
     * What one part of the users says of its items of this part.
     *
     * @param from the part of the users
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
     * @param residuals one message from each part of the users, in any order: sums of whole units know no order
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

    /** The biases that a part of the users needs, in its order. */
    double[] biasesFor(int users, double[] biases) {
        double[] needed = new double[links[users].length];
        for (int i = 0; i < needed.length; i++) {
            needed[i] = biases[links[users][i]];
        }
        return needed;
    }

    /** Numbers from one part to another. */
    record Message<T extends Serializable>(int from, T numbers) implements Serializable {}
}
