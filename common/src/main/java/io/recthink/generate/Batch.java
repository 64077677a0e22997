package io.recthink.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.recthink.model.Decoder;
import io.recthink.torch.Kernels;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The completions that grow together, a token a step. All of them have the same number of tokens, so a step writes at
 * the same place of every row's keys and values. Rows that have ended stay, unheeded, until a quarter of the rows has
 * ended: to leave, the others must be copied.
 */
final class Batch implements AutoCloseable {
    // Room for keys and values is taken a block of tokens at a time.
    private static final int BLOCK = 64;

    private final Kernels kernels = Kernels.instance();
    private final NDManager manager;
    private final Weights weights;
    private final SamplingOptions options;
    private final NDArray temperature;
    private final NDArray topP;
    private final PromptCache promptCache;
    private int[] cachedPrompts; // the number, among those given, of each prompt in the cache
    private List<Row> rows;
    private NDArray keys; // [layers, rows, keyValueHeads, capacity, headDim]
    private NDArray values; // as keys
    private int capacity;
    private NDArray slots; // [prompts * most rows of a prompt]
    private NDArray places; // [rows]

    Batch(Decoder decoder, List<PromptTokens> prompts, List<Row> rows, SamplingOptions options) {
        this.manager = decoder.manager().newSubManager();
        this.weights = new Weights(decoder);
        this.options = options;
        this.rows = rows;
        this.temperature = manager.create(options.temperature());
        this.topP = manager.create(options.topP());
        this.cachedPrompts = IntStream.range(0, prompts.size())
                .filter(prompt -> prompts.get(prompt).seeds().length > 0)
                .boxed()
                .sorted(Comparator.comparingInt(prompt -> prompts.get(prompt).tokens().length))
                .mapToInt(Integer::intValue)
                .toArray();
        this.promptCache = new PromptCache(
                weights,
                IntStream.of(cachedPrompts)
                        .mapToObj(prompt -> prompts.get(prompt).tokens())
                        .toList(),
                manager);
    }

    /** Lets every row grow to its end. */
    void run() {
        sampleFirst();
        for (int step = 0; makeRoom(step); step++) {
            decode(step);
        }
    }

    private void sampleFirst() {
        try (NDManager scratch = manager.newSubManager()) {
            NDArray hidden = promptCache.read(weights, scratch);
            NDArray prompts =
                    scratch.create(IntStream.of(promptOfRow()).asLongStream().toArray());
            accept(kernels.call(
                    "sample_first", scratch, hidden, weights.head(), prompts, temperature, topP, uniforms(scratch)));
        }
    }

    private void decode(int step) {
        try (NDManager scratch = manager.newSubManager()) {
            NDArray tokens =
                    scratch.create(rows.stream().mapToLong(Row::lastToken).toArray());
            NDArray positions =
                    scratch.create(rows.stream().mapToLong(Row::lastPosition).toArray());
            accept(kernels.call(
                    "decode",
                    scratch,
                    weights.all(),
                    tokens,
                    positions,
                    scratch.create(step),
                    weights.frequencies(),
                    weights.epsilon(),
                    promptCache.keys(),
                    promptCache.values(),
                    promptCache.mask(),
                    keys,
                    values,
                    slots,
                    places,
                    temperature,
                    topP,
                    uniforms(scratch)));
        }
    }

    private NDArray uniforms(NDManager scratch) {
        return scratch.create(rows.stream().mapToDouble(Row::uniform).toArray());
    }

    /** @param sampled {@code [2, rows]}, tokens and log-probabilities */
    private void accept(NDArray sampled) {
        double[] numbers = sampled.toDoubleArray();
        for (int i = 0; i < rows.size(); i++) {
            float logprob = (float) numbers[rows.size() + i];
            if (Float.isNaN(logprob)) {
                throw new IllegalStateException(
                        "The model's probabilities are not numbers: its weights have diverged or are damaged");
            }
            if (!rows.get(i).finished()) {
                rows.get(i).add((int) numbers[i], logprob);
            }
        }
    }

    /** Whether a row is left to grow; then there is room for its next keys and values. */
    private boolean makeRoom(int step) {
        int[] growing = IntStream.range(0, rows.size())
                .filter(row -> !rows.get(row).finished())
                .toArray();
        if (growing.length == 0) {
            return false;
        }
        if (step == capacity || 4 * growing.length <= 3 * rows.size()) {
            keep(growing, step);
        }
        return true;
    }

    private void keep(int[] kept, int length) {
        rows = IntStream.of(kept).mapToObj(rows::get).toList();
        capacity = Math.min(options.maxTokens() - 1, (length / BLOCK + 1) * BLOCK);
        try (NDManager scratch = manager.newSubManager()) {
            keys = keep(keys, kept, length, scratch);
            values = keep(values, kept, length, scratch);
        }
        keepPrompts();
        place();
    }

    private NDArray keep(NDArray cache, int[] kept, int length, NDManager scratch) {
        if (cache == null) {
            return weights.cache(manager, kept.length, capacity);
        }
        try (cache) {
            NDArray indices = scratch.create(IntStream.of(kept).asLongStream().toArray());
            return kernels.call("keep_rows", manager, cache, indices, scratch.create(length), scratch.create(capacity));
        }
    }

    private void keepPrompts() {
        int[] needed = IntStream.of(promptOfRow()).distinct().sorted().toArray();
        if (needed.length <= promptCache.size() / 2) {
            promptCache.keep(needed);
            cachedPrompts =
                    IntStream.of(needed).map(prompt -> cachedPrompts[prompt]).toArray();
        }
    }

    private void place() {
        if (slots != null) {
            slots.close();
            places.close();
        }
        Slots layout = Slots.of(promptOfRow(), promptCache.size());
        slots = manager.create(layout.rowOfSlot());
        places = manager.create(layout.slotOfRow());
    }

    /** The number of each row's prompt in the cache. */
    private int[] promptOfRow() {
        int[] numbers = new int[IntStream.of(cachedPrompts).max().orElse(0) + 1];
        for (int i = 0; i < cachedPrompts.length; i++) {
            numbers[cachedPrompts[i]] = i;
        }
        return rows.stream().mapToInt(row -> numbers[row.prompt()]).toArray();
    }

    @Override
    public void close() {
        manager.close();
    }
}
