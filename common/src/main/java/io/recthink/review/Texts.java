package io.recthink.review;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts of one batch as tensors of 64-bit integers, with the different words of the batch.
 *
 * @param unique ids of the different words, {@code [U]}; the first is padding
 * @param texts places of the words in {@code unique}, {@code [R, W]}; 0 behind the end of a text
 * @param windows the number of windows of three places that hold a word, {@code [R]}
 */
record Texts(NDArray unique, NDArray texts, NDArray windows) {
    private static final int WIDTH = 3;
    private static final int PADDING = 0;

    /**
     * Packs texts.
     *
     * @param texts the token ids of each text; 0 is padding and stands in no text
     * @param longest the largest number of tokens of a text
     * @param whole whether texts keep this width and all their windows count, also those that hold no word
     */
    static Texts of(List<int[]> texts, int longest, boolean whole, NDManager manager) {
        int most = texts.stream().mapToInt(text -> text.length).max().orElse(0);
        // A window may begin at the last word of the longest text.
        int width = whole ? longest : Math.max(WIDTH, Math.min(longest, most + WIDTH - 1));
        Map<Integer, Integer> places = new HashMap<>(Map.of(PADDING, 0));
        long[] flat = new long[texts.size() * width];
        long[] windows = new long[texts.size()];
        for (int row = 0; row < texts.size(); row++) {
            int[] text = texts.get(row);
            requireFits(text, longest);
            for (int i = 0; i < text.length; i++) {
                int next = places.size();
                Integer known = places.putIfAbsent(text[i], next);
                flat[row * width + i] = known == null ? next : known;
            }
            windows[row] = whole ? width - WIDTH + 1 : Math.min(text.length, width - WIDTH + 1);
        }
        long[] unique = new long[places.size()];
        places.forEach((word, place) -> unique[place] = word);
        return new Texts(
                manager.create(unique), manager.create(flat, new Shape(texts.size(), width)), manager.create(windows));
    }

    private static void requireFits(int[] text, int longest) {
        if (text.length > longest) {
            throw new IllegalArgumentException(
                    "a text has %d tokens, and the network takes %d".formatted(text.length, longest));
        }
        for (int token : text) {
            if (token <= PADDING) {
                throw new IllegalArgumentException("the token %d is no word".formatted(token));
            }
        }
    }
}
