package io.recthink.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.recthink.model.Decoder;
import io.recthink.torch.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Computes the log-probabilities that a policy gives to the tokens of completions. A KL term takes them as its
 * reference.
 */
public final class LogProbabilities {
    private LogProbabilities() {}

    /**
     * Computes all groups in one forward pass.
     *
     * @param temperature divisor of the logits
     * @return for each group and each of its completions, one log-probability a token
     */
    public static List<List<float[]>> of(Decoder decoder, List<Group> groups, double temperature) {
        PackedBatch batch = PackedBatch.of(groups, decoder);
        try (NDManager scratch = decoder.manager().newSubManager()) {
            var forward = new PackedForward(decoder, batch, scratch);
            NDArray hidden = forward.embed(scratch);
            for (int layer = 0; layer < decoder.config().layers(); layer++) {
                try (NDArray input = hidden) {
                    hidden = forward.layer(scratch, input, decoder.layer(layer));
                }
            }
            NDArray norm = decoder.tensor(decoder.finalNormName());
            hidden = forward.normalize(scratch, forward.select(scratch, hidden), norm);
            return split(logprobs(decoder, forward, hidden, batch.targetCount(), temperature, scratch), groups);
        }
    }

    private static float[] logprobs(
            Decoder decoder, PackedForward forward, NDArray hidden, int rows, double temperature, NDManager scratch) {
        NDArray head = decoder.tensor(decoder.headName());
        var logprobs = new float[rows];
        for (int start = 0; start < rows; start += forward.chunkRows()) {
            try (NDManager chunk = scratch.newSubManager()) {
                NDArray from = chunk.create((long) start);
                NDArray to = chunk.create((long) Math.min(rows, start + forward.chunkRows()));
                Kernels kernels = Kernels.instance();
                NDArray part = kernels.call("rows", chunk, hidden, from, to);
                NDArray targets = kernels.call("rows", chunk, forward.targets(), from, to);
                NDList result = kernels.callForList("head", chunk, part, head, targets, chunk.create(temperature));
                float[] values = result.get(1).toFloatArray();
                System.arraycopy(values, 0, logprobs, start, values.length);
            }
        }
        return logprobs;
    }

    private static List<List<float[]>> split(float[] logprobs, List<Group> groups) {
        var result = new ArrayList<List<float[]>>();
        int start = 0;
        for (Group group : groups) {
            var rows = new ArrayList<float[]>();
            for (LearningCompletion row : group.completions()) {
                rows.add(Arrays.copyOfRange(logprobs, start, start + row.tokens().length));
                start += row.tokens().length;
            }
            result.add(rows);
        }
        return result;
    }
}
