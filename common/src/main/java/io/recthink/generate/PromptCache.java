package io.recthink.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.generate.Batch.Moves;
import io.recthink.torch.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The keys and values of the prompts in a batch: computed once, read by every completion. */
final class PromptCache {
    private final Kernels kernels = Kernels.instance();
    private final NDManager manager;
    private final Weights weights;
    private final int seats;
    private final int tokensAtATime;
    private final NDArray rotary;
    private final List<Integer> lengths = new ArrayList<>(); // length of each prompt, by seat
    private final NDArray keys; // [layers, seats, keyValueHeads, longest, headDim]
    private final NDArray values; // shaped like keys
    private NDArray mask; // [prompts, 1, positions]

    /**
     * Creates a cache without prompts.
     *
     * @param seats most prompts in the cache
     * @param longest most tokens of a prompt, {@link Weights#padded}
     * @param tokensAtATime most prompt tokens that are read together; a longer prompt is read in pieces of this length.
     *     So the memory for reading does not grow with the number or the length of prompts
     * @param rotary rotary table of at least {@code longest} positions
     */
    PromptCache(Weights weights, int seats, int longest, int tokensAtATime, NDArray rotary, NDManager manager) {
        this.manager = manager;
        this.weights = weights;
        this.seats = seats;
        this.tokensAtATime = tokensAtATime;
        this.rotary = rotary;
        this.keys = weights.cache(manager, seats, longest);
        this.values = weights.cache(manager, seats, longest);
    }

    int seats() {
        return seats;
    }

    /** The number of prompts in the cache; they have the first seats. */
    int size() {
        return lengths.size();
    }

    /**
     * Reads prompts into the next seats.
     *
     * @param prompts tokens of the prompts, from the longest to the shortest, which keeps the padding short
     * @param owner owner of the result
     * @return the normalised hidden states of the prompts' last tokens, {@code [prompts, hidden]}
     */
    NDArray read(List<int[]> prompts, NDManager owner) {
        try (NDManager scratch = manager.newSubManager()) {
            var hidden = new NDList();
            for (int first = 0; first < prompts.size(); ) {
                int longest = prompts.get(first).length;
                int count = weights.roundsAlike() ? 1 : Math.max(1, tokensAtATime / longest);
                List<int[]> part = prompts.subList(first, Math.min(prompts.size(), first + count));
                hidden.add(part.size() == 1 ? readInPieces(part.get(0), scratch) : readTogether(part, scratch));
                part.forEach(prompt -> lengths.add(prompt.length));
                first += part.size();
            }
            NDArray all = hidden.size() == 1 ? hidden.get(0) : NDArrays.concat(hidden);
            all.attach(owner);
            return all;
        }
    }

    private NDArray readTogether(List<int[]> part, NDManager scratch) {
        int longest = part.get(0).length;
        long[] tokens = new long[part.size() * longest];
        long[] last = new long[part.size()];
        for (int i = 0; i < part.size(); i++) {
            int[] prompt = part.get(i);
            for (int j = 0; j < prompt.length; j++) {
                tokens[i * longest + j] = prompt[j];
            }
            last[i] = (long) i * longest + prompt.length - 1;
        }
        return prefill(scratch.create(tokens, new Shape(part.size(), longest)), last, 0, scratch);
    }

    private NDArray readInPieces(int[] prompt, NDManager scratch) {
        NDArray hidden = null;
        for (int done = 0; done < prompt.length; done += tokensAtATime) {
            int length = Math.min(prompt.length - done, tokensAtATime);
            long[] piece = new long[weights.padded(length)];
            for (int i = 0; i < length; i++) {
                piece[i] = prompt[done + i];
            }
            NDArray tokens = scratch.create(piece, new Shape(1, piece.length));
            hidden = prefill(tokens, new long[] {length - 1}, done, scratch);
        }
        return hidden;
    }

    private NDArray prefill(NDArray tokens, long[] last, int done, NDManager scratch) {
        return kernels.call(
                "prefill",
                scratch,
                weights.all(),
                tokens,
                scratch.create(last),
                scratch.create((long) size()),
                scratch.create((long) done),
                rotary,
                weights.epsilon(),
                keys,
                values);
    }

    /** Moves prompts to the seats of prompts that have left. */
    void move(Moves moves) {
        moves.apply(keys, values, longest(), manager);
        moves.apply(lengths);
        if (mask == null || moves.count() > 0 || mask.getShape().get(0) != lengths.size()) {
            remask();
        }
    }

    private int longest() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private void remask() {
        if (mask != null) {
            mask.close();
        }
        int positions = weights.padded(longest());
        float[] hidden = new float[lengths.size() * positions];
        for (int i = 0; i < lengths.size(); i++) {
            Arrays.fill(hidden, i * positions + lengths.get(i), (i + 1) * positions, Float.NEGATIVE_INFINITY);
        }
        mask = manager.create(hidden, new Shape(lengths.size(), 1, positions));
    }

    NDArray keys() {
        return keys;
    }

    NDArray values() {
        return values;
    }

    /**
     * The mask that is added to attention scores, {@code [prompts, 1, longest prompt]}: 0 at the tokens of a prompt and
     * -infinity behind them.
     */
    NDArray mask() {
        return mask;
    }
}
