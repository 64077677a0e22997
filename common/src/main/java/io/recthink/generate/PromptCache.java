package io.recthink.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.torch.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The keys and values of prompts: computed once, read by every completion. */
final class PromptCache implements AutoCloseable {
    // Prompts are read some at a time, so that the memory for it does not grow with their number.
    private static final int TOKENS_AT_A_TIME = 4096;

    private final NDManager manager;
    private final int positions;
    private List<int[]> prompts;
    private NDArray keys; // [layers, prompts, keyValueHeads, positions, headDim]
    private NDArray values; // as keys
    private NDArray mask; // [prompts, 1, positions]

    /**
     * Reads prompts.
     *
     * @param prompts their tokens, from the shortest to the longest, so that little is padding
     */
    PromptCache(Weights weights, List<int[]> prompts, NDManager parent) {
        this.manager = parent.newSubManager();
        this.prompts = prompts;
        this.positions = prompts.get(prompts.size() - 1).length;
        this.keys = weights.cache(manager, prompts.size(), positions);
        this.values = weights.cache(manager, prompts.size(), positions);
        this.mask = paddingMask();
    }

    /**
     * Computes the keys and values.
     *
     * @return the normalised hidden states of the prompts' last tokens, {@code [prompts, hidden]}
     */
    NDArray read(Weights weights, NDManager owner) {
        try (NDManager scratch = manager.newSubManager()) {
            var hidden = new NDList();
            for (int first = 0; first < prompts.size(); ) {
                int end = endOfPart(first);
                hidden.add(read(weights, first, prompts.subList(first, end), scratch));
                first = end;
            }
            NDArray all = hidden.size() == 1 ? hidden.get(0) : NDArrays.concat(hidden);
            all.attach(owner);
            return all;
        }
    }

    private int endOfPart(int first) {
        int end = first + 1;
        while (end < prompts.size() && (end + 1 - first) * prompts.get(end).length <= TOKENS_AT_A_TIME) {
            end++;
        }
        return end;
    }

    private NDArray read(Weights weights, int first, List<int[]> part, NDManager scratch) {
        int longest = part.get(part.size() - 1).length;
        long[] tokens = new long[part.size() * longest];
        long[] last = new long[part.size()];
        for (int i = 0; i < part.size(); i++) {
            int[] prompt = part.get(i);
            for (int j = 0; j < prompt.length; j++) {
                tokens[i * longest + j] = prompt[j];
            }
            last[i] = (long) i * longest + prompt.length - 1;
        }
        return Kernels.instance()
                .call(
                        "prefill",
                        scratch,
                        weights.all(),
                        scratch.create(tokens, new Shape(part.size(), longest)),
                        scratch.create(last),
                        scratch.create(first),
                        weights.frequencies(),
                        weights.epsilon(),
                        keys,
                        values);
    }

    /** Forgets all prompts but some, given by their present numbers in ascending order. */
    void keep(int[] kept) {
        List<int[]> remaining = new ArrayList<>();
        for (int prompt : kept) {
            remaining.add(prompts.get(prompt));
        }
        prompts = remaining;
        try (NDManager scratch = manager.newSubManager()) {
            NDArray rows = scratch.create(Arrays.stream(kept).asLongStream().toArray());
            keys = kept(keys, rows, scratch);
            values = kept(values, rows, scratch);
        }
        mask.close();
        mask = paddingMask();
    }

    private NDArray kept(NDArray cache, NDArray rows, NDManager scratch) {
        NDArray length = scratch.create(positions);
        try (cache) {
            return Kernels.instance().call("keep_rows", manager, cache, rows, length, length);
        }
    }

    private NDArray paddingMask() {
        float[] values = new float[prompts.size() * positions];
        for (int i = 0; i < prompts.size(); i++) {
            Arrays.fill(values, i * positions + prompts.get(i).length, (i + 1) * positions, Float.NEGATIVE_INFINITY);
        }
        return manager.create(values, new Shape(prompts.size(), 1, positions));
    }

    int size() {
        return prompts.size();
    }

    NDArray keys() {
        return keys;
    }

    NDArray values() {
        return values;
    }

    /** Added to scores: 0 at the tokens of a prompt and -infinity behind them. */
    NDArray mask() {
        return mask;
    }

    @Override
    public void close() {
        manager.close();
    }
}
