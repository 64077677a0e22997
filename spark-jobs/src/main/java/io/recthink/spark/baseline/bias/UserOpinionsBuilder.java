package io.recthink.spark.baseline.bias;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Collects the ratings of one part of the users; the ratings of a user must be added one after another. */
final class UserOpinionsBuilder {
    private final List<String> users = new ArrayList<>();
    private final Map<String, Integer> itemNumbers = new HashMap<>();
    private int[] starts = new int[16];
    private int[] items = new int[16];
    private double[] ratings = new double[16];
    private int size;

    void add(String user, String item, double rating) {
        if (users.isEmpty() || !users.get(users.size() - 1).equals(user)) {
            if (users.size() == starts.length) {
                starts = Arrays.copyOf(starts, Math.addExact(starts.length, starts.length));
            }
            starts[users.size()] = size;
            users.add(user);
        }
        if (size == items.length) {
            items = Arrays.copyOf(items, Math.addExact(size, size));
            ratings = Arrays.copyOf(ratings, items.length);
        }
        items[size] = itemNumbers.computeIfAbsent(item, id -> itemNumbers.size());
        ratings[size++] = rating;
    }

    /** @param parts the number of parts of the items */
    UserOpinions build(int part, int parts) {
        starts = Arrays.copyOf(starts, users.size() + 1);
        starts[users.size()] = size;
        String[][] itemIds = itemIds(parts);
        int[] positions = positions(itemIds);
        return new UserOpinions(
                part,
                users.toArray(String[]::new),
                starts,
                Arrays.stream(items, 0, size).map(item -> positions[item]).toArray(),
                Arrays.copyOf(ratings, size),
                itemIds);
    }

    /** The ids of the items, sorted: a part that is computed again must list them in the same order. */
    private String[][] itemIds(int parts) {
        List<List<String>> ids = IntStream.range(0, parts)
                .<List<String>>mapToObj(part -> new ArrayList<>())
                .toList();
        itemNumbers.keySet().forEach(item -> ids.get(UserOpinions.itemPart(item, parts))
                .add(item));
        return ids.stream()
                .map(part -> part.stream().sorted().toArray(String[]::new))
                .toArray(String[][]::new);
    }

    /** Maps the numbers of the items, in the order of first appearance, to their positions in the parts. */
    private int[] positions(String[][] itemIds) {
        int[] positions = new int[itemNumbers.size()];
        int next = 0;
        for (String[] part : itemIds) {
            for (String item : part) {
                positions[itemNumbers.get(item)] = next++;
            }
        }
        return positions;
    }
}
