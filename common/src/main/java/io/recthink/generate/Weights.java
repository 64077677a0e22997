package io.recthink.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.model.Decoder;
import io.recthink.model.ModelConfig;
import io.recthink.torch.Kernels;

/** A decoder as the generation kernels take it: all its weights in one list, so that a step is one call. */
final class Weights {
    private final Decoder decoder;
    private final NDList all = new NDList();

    Weights(Decoder decoder) {
        this.decoder = decoder;
        for (int layer = 0; layer < decoder.config().layers(); layer++) {
            all.addAll(decoder.layer(layer));
        }
        all.add(decoder.tensor(decoder.embeddingName()));
        all.add(decoder.tensor(decoder.finalNormName()));
        all.add(head());
    }

    /** The layers' parameters, the embedding, the final norm and the head. */
    NDList all() {
        return all;
    }

    /** {@code [vocabulary, hidden]}. */
    NDArray head() {
        return decoder.tensor(decoder.headName());
    }

    /** Cosines and sines of the rotary angles of so many positions, {@code [2, positions, headDim / 2]}. */
    NDArray rotary(int positions, NDManager manager) {
        try (NDArray count = manager.create((long) positions)) {
            return Kernels.instance().call("rotary_table", manager, count, decoder.frequencies());
        }
    }

    NDArray epsilon() {
        return decoder.epsilon();
    }

    /** Keys or values of {@code rows} sequences: zeros {@code [layers, rows, keyValueHeads, positions, headDim]}. */
    NDArray cache(NDManager manager, long rows, long positions) {
        ModelConfig config = decoder.config();
        return manager.zeros(new Shape(config.layers(), rows, config.keyValueHeads(), positions, config.headDim()));
    }
}
