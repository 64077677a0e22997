package io.recthink.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.model.Decoder;
import io.recthink.torch.Kernels;
import io.recthink.torch.TensorMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Grows completions together, one token a step; each completion is a row. A row that has ended leaves at once, and the
 * last row takes its seat. A waiting prompt enters as soon as there is room for all its completions. So every row that
 * is computed grows.
 */
public final class Batch implements AutoCloseable {
    /** Tokens by which the room for keys and values of completions grows. */
    public static final int BLOCK = 64;

    /** Most prompt tokens that are read together; a longer prompt is read in pieces of this length. */
    public static final int PROMPT_TOKENS_AT_A_TIME = 4096;

    private final Kernels kernels = Kernels.instance();
    private final NDManager manager;
    private final Weights weights;
    private final SamplingOptions options;
    private final int maxRows;
    private final NDArray temperature;
    private final NDArray topP;
    private final Deque<List<GrowingCompletion>> waiting = new ArrayDeque<>();
    private final NDArray rotary;
    private final PromptCache prompts;
    private final List<GrowingCompletion> rows = new ArrayList<>(); // growing completions, by seat
    private final List<Integer> promptSeats = new ArrayList<>(); // seat of each row's prompt
    private NDArray keys; // [layers, seats, keyValueHeads, capacity, headDim]
    private NDArray values; // shaped like keys
    private NDArray slots; // [prompts * most rows of a prompt]
    private NDArray places; // [rows]
    private long decodeSteps;
    private long decodedTokens;

    /**
     * Creates a batch without computed tokens.
     *
     * @param rowsOfPrompts the completions of each prompt, at least one a prompt; the tokens of all completions are
     *     given, or none
     * @param maxRows most rows at a time; a prompt with more rows is alone in the batch
     */
    Batch(Decoder decoder, Collection<List<GrowingCompletion>> rowsOfPrompts, SamplingOptions options, int maxRows) {
        this.manager = decoder.manager().newSubManager();
        this.weights = new Weights(decoder);
        this.options = options;
        NDManager numbers = TensorMemory.numbers(manager);
        this.temperature = numbers.create(options.temperature());
        this.topP = numbers.create(options.topP());
        // Prompts of similar length are in the batch together. The longest prompts enter first, so that later prompts
        // need no more memory.
        rowsOfPrompts.stream()
                .sorted((a, b) ->
                        Integer.compare(b.get(0).prompt().length, a.get(0).prompt().length))
                .forEach(waiting::add);
        int group = waiting.stream().mapToInt(List::size).max().orElseThrow();
        int all = waiting.stream().mapToInt(List::size).sum();
        this.maxRows = Math.min(all, Math.max(group, maxRows));
        int longest = weights.padded(waiting.element().get(0).prompt().length);
        this.rotary = weights.rotary(longest + options.maxTokens(), manager);
        int seats = promptSeats(waiting.size(), group, this.maxRows);
        this.prompts = new PromptCache(weights, seats, longest, PROMPT_TOKENS_AT_A_TIME, rotary, manager);
    }

    /**
     * The number of prompts whose keys and values are in memory at a time. A prompt whose last rows still grow stays
     * beside prompts that have entered later.
     *
     * @param prompts prompts in all
     * @param group most rows of a prompt
     * @param maxRows most rows at a time, at least {@code group}
     */
    public static int promptSeats(int prompts, int group, int maxRows) {
        long full = (maxRows + group - 1L) / group;
        return (int) Math.min(prompts, Math.min(maxRows, 4 * full));
    }

    /** Grows every row to its end. */
    void run() {
        enterAll();
        while (!rows.isEmpty()) {
            decode();
            if (rows.stream().anyMatch(GrowingCompletion::finished)) {
                leave();
                enterAll();
            }
        }
    }

    private void enterAll() {
        boolean entered = true;
        while (entered) { // completions may end with their first token
            entered = enter();
        }
    }

    /** The number of steps of {@link #run} that computed a token of each row in the batch. */
    long decodeSteps() {
        return decodeSteps;
    }

    /** The number of tokens that these steps computed. */
    long decodedTokens() {
        return decodedTokens;
    }

    /** The most rows that can be in the batch. */
    int maxRows() {
        return maxRows;
    }

    /** Moves waiting prompts into the batch while there is room; returns false when none entered. */
    private boolean enter() {
        List<List<GrowingCompletion>> entering = new ArrayList<>();
        int taken = rows.size();
        while (!waiting.isEmpty()
                && prompts.size() + entering.size() < prompts.seats()
                && taken + waiting.element().size() <= maxRows) {
            taken += waiting.element().size();
            entering.add(waiting.remove());
        }
        if (entering.isEmpty()) {
            return false;
        }
        int firstSeat = prompts.size();
        List<GrowingCompletion> newRows =
                entering.stream().flatMap(List::stream).toList();
        try (NDManager scratch = manager.newSubManager()) {
            List<int[]> tokens =
                    entering.stream().map(group -> group.get(0).prompt()).toList();
            NDArray hidden = prompts.read(tokens, scratch);
            long[] promptOfRow = IntStream.range(0, entering.size())
                    .flatMap(prompt -> entering.get(prompt).stream().mapToInt(row -> prompt))
                    .asLongStream()
                    .toArray();
            accept(
                    newRows,
                    kernels.call(
                            "sample_first",
                            scratch,
                            hidden,
                            weights.head(),
                            scratch.create(promptOfRow),
                            temperature,
                            topP,
                            uniforms(newRows, scratch),
                            given(newRows, scratch)));
            for (int i = 0; i < newRows.size(); i++) {
                rows.add(newRows.get(i));
                promptSeats.add(firstSeat + (int) promptOfRow[i]);
            }
        }
        leave();
        return true;
    }

    private void decode() {
        makeRoom();
        try (NDManager scratch = manager.newSubManager()) {
            accept(
                    rows,
                    kernels.call(
                            "decode",
                            scratch,
                            weights.forFewRows(),
                            scratch.create(rows.stream()
                                    .mapToLong(GrowingCompletion::lastToken)
                                    .toArray()),
                            scratch.create(rows.stream()
                                    .mapToLong(GrowingCompletion::lastPosition)
                                    .toArray()),
                            scratch.create(rows.stream()
                                    .mapToLong(GrowingCompletion::cached)
                                    .toArray()),
                            rotary,
                            weights.epsilon(),
                            prompts.keys(),
                            prompts.values(),
                            prompts.mask(),
                            keys,
                            values,
                            slots,
                            places,
                            temperature,
                            topP,
                            uniforms(rows, scratch),
                            given(rows, scratch)));
        }
        decodeSteps++;
        decodedTokens += rows.size();
    }

    private static NDArray uniforms(List<GrowingCompletion> rows, NDManager scratch) {
        return scratch.create(
                rows.stream().mapToDouble(GrowingCompletion::uniform).toArray());
    }

    /**
     * Returns the next tokens {@code [rows]} of rows with given tokens, or a tensor without elements for sampled rows.
     */
    private NDArray given(List<GrowingCompletion> rows, NDManager scratch) {
        return rows.get(0).isGiven()
                ? scratch.create(
                        rows.stream().mapToLong(GrowingCompletion::nextGiven).toArray())
                : weights.absent();
    }

    /** @param sampled tokens and log-probabilities, {@code [2, rows]} */
    private static void accept(List<GrowingCompletion> rows, NDArray sampled) {
        double[] numbers = sampled.toDoubleArray();
        for (int i = 0; i < rows.size(); i++) {
            float logprob = (float) numbers[rows.size() + i];
            if (Float.isNaN(logprob)) {
                throw new IllegalStateException(
                        "The model's probabilities are not numbers: its weights have diverged or are damaged");
            }
            rows.get(i).add((int) numbers[i], logprob);
        }
    }

    /** Removes ended rows, then prompts without rows. Rows and prompts behind them take their seats. */
    private void leave() {
        Moves moves = Moves.closing(rows.size(), seat -> !rows.get(seat).finished());
        if (keys != null) {
            int longest =
                    rows.stream().mapToInt(GrowingCompletion::cached).max().orElse(0);
            moves.apply(keys, values, Math.min(longest, keys.getShape().get(3)), manager);
        }
        moves.apply(rows);
        moves.apply(promptSeats);
        Moves promptMoves = Moves.closing(prompts.size(), promptSeats::contains);
        prompts.move(promptMoves);
        promptSeats.replaceAll(promptMoves::newSeat);
        place();
    }

    /** Makes room for the next keys and values of every row. */
    private void makeRoom() {
        int needed = 1 + rows.stream().mapToInt(GrowingCompletion::cached).max().orElseThrow();
        long capacity = keys == null ? 0 : keys.getShape().get(3);
        if (needed > capacity) {
            int most = weights.padded(Math.max(1, options.maxTokens() - 1));
            long next = Math.min(most, (needed - 1) / BLOCK * BLOCK + BLOCK);
            keys = grown(keys, next);
            values = grown(values, next);
        }
    }

    private NDArray grown(NDArray cache, long capacity) {
        NDArray larger = weights.cache(manager, maxRows, capacity);
        if (cache != null) {
            try (cache;
                    NDManager scratch = manager.newSubManager()) {
                kernels.call("copy_seats", scratch, cache, larger, scratch.create((long) rows.size()));
            }
        }
        return larger;
    }

    private void place() {
        if (slots != null) {
            slots.close();
            places.close();
        }
        Slots layout = Slots.of(promptSeats.stream().mapToInt(Integer::intValue).toArray(), prompts.size());
        slots = manager.create(layout.rowOfSlot(), new Shape(layout.rowOfSlot().length));
        places = manager.create(layout.slotOfRow(), new Shape(layout.slotOfRow().length));
    }

    @Override
    public void close() {
        manager.close();
        weights.close();
    }

    /**
     * The moves from the last seats into free seats.
     *
     * @param from seats to move: taken seats from {@code size} on
     * @param to the free seat below {@code size} to which each seat of {@code from} moves
     * @param size the new number of seats
     */
    @SuppressWarnings("ArrayRecordComponent") // becomes two tensors; never compared
    record Moves(long[] from, long[] to, int size) {
        /** Returns the moves that close the gaps among the seats 0 to {@code count - 1}. */
        static Moves closing(int count, IntPredicate taken) {
            int size = (int) IntStream.range(0, count).filter(taken).count();
            return new Moves(
                    IntStream.range(size, count).filter(taken).asLongStream().toArray(),
                    IntStream.range(0, size)
                            .filter(taken.negate())
                            .asLongStream()
                            .toArray(),
                    size);
        }

        int count() {
            return from.length;
        }

        /** Returns the new place of a seat's content; meaningless for free seats. */
        int newSeat(int seat) {
            int index = Arrays.binarySearch(from, seat);
            return index < 0 ? seat : (int) to[index];
        }

        /**
         * Moves the first {@code tokens} tokens of caches {@code [layers, seats, keyValueHeads, capacity, headDim]}.
         */
        void apply(NDArray keys, NDArray values, long tokens, NDManager manager) {
            if (count() == 0) {
                return;
            }
            try (NDManager scratch = manager.newSubManager()) {
                NDArray fromSeats = scratch.create(from);
                NDArray toSeats = scratch.create(to);
                NDArray length = scratch.create(tokens);
                Kernels.instance().call("move_seats", scratch, keys, fromSeats, toSeats, length);
                Kernels.instance().call("move_seats", scratch, values, fromSeats, toSeats, length);
            }
        }

        <T> void apply(List<T> seated) {
            for (int i = 0; i < from.length; i++) {
                seated.set((int) to[i], seated.get((int) from[i]));
            }
            seated.subList(size, seated.size()).clear();
        }
    }
}
