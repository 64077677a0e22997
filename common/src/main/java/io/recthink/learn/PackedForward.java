package io.recthink.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.model.Decoder;
import io.recthink.torch.Kernels;
import io.recthink.torch.TensorMemory;
import java.util.List;

/** Computes the decoder's forward pass over a packed batch, one layer at a time. */
public final class PackedForward {
    // A chunk of logits takes 25 MB. glibc maps blocks of 32 MiB or more anew each time, which costs more than
    // computing the chunk.
    private static final int LOGITS_IN_A_CHUNK = 6 << 20;
    private static final int SMALLEST_CHUNK = 16;

    private final Decoder decoder;
    private final Kernels kernels = Kernels.instance();
    private final NDArray tokens; // [B, N]
    private final NDArray cos; // [B, N, 1, D / 2]
    private final NDArray sin; // [B, N, 1, D / 2]
    private final NDArray shape; // see PackedBatch.shape
    private final NDArray mask; // see packed_mask
    private final NDArray predictors; // [T]
    private final NDArray targets; // [T]

    /** @param manager owner of the inputs */
    PackedForward(Decoder decoder, PackedBatch batch, NDManager manager) {
        this.decoder = decoder;
        this.tokens = manager.create(batch.tokens(), new Shape(batch.groups().size(), batch.positions()));
        this.predictors = manager.create(batch.predictors());
        this.targets = manager.create(batch.targets());
        NDArray lengths = manager.create(batch.lengths());
        this.shape = TensorMemory.numbers(manager).create(batch.shape());
        NDArray positions = plain(manager, "packed_positions", lengths, shape);
        NDList rotary = kernels.callWithGradient("rotary", manager, positions, decoder.frequencies());
        this.cos = rotary.get(0);
        this.sin = rotary.get(1);
        this.mask = plain(manager, "packed_mask", lengths, shape);
    }

    NDArray tokens() {
        return tokens;
    }

    NDArray predictors() {
        return predictors;
    }

    NDArray targets() {
        return targets;
    }

    /** The input of the first layer, {@code [B, N, H]}. */
    NDArray embed(NDManager manager) {
        return plain(manager, "embed", decoder.tensor(decoder.embeddingName()), tokens);
    }

    /** The output {@code [B, N, H]} of a layer with the given parameters. */
    NDArray layer(NDManager manager, NDArray input, List<NDArray> parameters) {
        var inputs = new NDArray[6 + parameters.size()];
        inputs[0] = input;
        inputs[1] = cos;
        inputs[2] = sin;
        inputs[3] = mask;
        inputs[4] = shape;
        inputs[5] = decoder.epsilon();
        for (int i = 0; i < parameters.size(); i++) {
            inputs[6 + i] = parameters.get(i);
        }
        return plain(manager, "packed_layer", inputs);
    }

    /** The rows {@code [T, H]} of a layer's output that predict the targets. */
    NDArray select(NDManager manager, NDArray output) {
        return plain(manager, "select", output, predictors);
    }

    /** The final norm of {@code [T, H]}. */
    NDArray normalize(NDManager manager, NDArray hidden, NDArray weight) {
        return plain(manager, "normalize", hidden, weight, decoder.epsilon());
    }

    int chunkRows() {
        return chunkRows(decoder.config().vocabularySize());
    }

    /** The number of rows of logits in a chunk: about 25 MB in FP32, and at least 16 rows. */
    public static int chunkRows(int vocabularySize) {
        return Math.max(SMALLEST_CHUNK, LOGITS_IN_A_CHUNK / vocabularySize);
    }

    private NDArray plain(NDManager manager, String kernel, NDArray... inputs) {
        return kernels.callForTensorWithGradient(kernel, manager, inputs);
    }
}
