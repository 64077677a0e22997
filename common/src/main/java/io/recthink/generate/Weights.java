package io.recthink.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import io.recthink.torch.Kernels;
import java.util.Map;
import java.util.Optional;

/** Gives the generation kernels all weights of a decoder in one list, so that a step is one call. */
final class Weights implements AutoCloseable {
    // Numbers that one instruction adds up: sums over whole instructions are the same however many masked keys follow.
    private static final int KEYS_OF_AN_INSTRUCTION = 16;

    private final Decoder decoder;
    private final NDList all;
    private NDList forFewRows; // null before the first use

    Weights(Decoder decoder) {
        this.decoder = decoder;
        this.all = list(Map.of());
    }

    private NDList list(Map<String, NDArray> packed) {
        var list = new NDList();
        for (int layer = 0; layer < decoder.config().layers(); layer++) {
            for (Optional<String> name : decoder.layerNames(layer)) {
                list.add(name.map(present -> packed.getOrDefault(present, decoder.tensor(present)))
                        .orElse(decoder.absent()));
            }
        }
        list.add(decoder.tensor(decoder.embeddingName()));
        list.add(decoder.tensor(decoder.finalNormName()));
        list.add(packed.getOrDefault(decoder.headName(), head()));
        return list;
    }

    /** The layers' parameters, the embedding, the final norm and the head. */
    NDList all() {
        return all;
    }

    /** The list of {@link #all()}, with weights in the form that few rows read fastest. */
    NDList forFewRows() {
        if (forFewRows == null) {
            forFewRows = list(decoder.holdPacked());
        }
        return forFewRows;
    }

    /** The output head, {@code [vocabulary, hidden]}. */
    NDArray head() {
        return decoder.tensor(decoder.headName());
    }

    /** Cosines and sines of the rotary angles of positions from 0 on, {@code [2, positions, headDim / 2]}. */
    NDArray rotary(int positions, NDManager manager) {
        try (NDArray count = manager.create((long) positions)) {
            return Kernels.instance().call("rotary_table", manager, count, decoder.frequencies());
        }
    }

    /** The tensor for an absent argument. */
    NDArray absent() {
        return decoder.absent();
    }

    NDArray epsilon() {
        return decoder.epsilon();
    }

    /**
     * Whether a sequence must be computed with the same shapes, whatever sequences are beside it. Where few rows take
     * BF16 kernels, the smallest difference in a sum can become another rounding, and then other tokens.
     */
    boolean roundsAlike() {
        return decoder.packsForFewRows();
    }

    /**
     * Rounds a number of keys up to the number that the attention gets, so that its sums
     * {@link #roundsAlike round alike}.
     */
    int padded(int keys) {
        return roundsAlike()
                ? (keys + KEYS_OF_AN_INSTRUCTION - 1) / KEYS_OF_AN_INSTRUCTION * KEYS_OF_AN_INSTRUCTION
                : keys;
    }

    /**
     * Creates the cache for keys or values of {@code rows} sequences: zeros
     * {@code [layers, rows, keyValueHeads, positions, headDim]} in the type that the attention of few rows takes, see
     * {@link Decoder#packsForFewRows}.
     */
    NDArray cache(NDManager manager, long rows, long positions) {
        ModelConfig config = decoder.config();
        var shape = new Shape(config.layers(), rows, config.keyValueHeads(), positions, config.headDim());
        if (!decoder.packsForFewRows()) {
            return manager.zeros(shape);
        }
        try (NDArray lengths = manager.create(shape.getShape())) {
            return Kernels.instance().call("bfloat16_cache", manager, lengths);
        }
    }

    @Override
    public void close() {
        if (forFewRows != null) {
            decoder.releasePacked();
        }
    }
}
