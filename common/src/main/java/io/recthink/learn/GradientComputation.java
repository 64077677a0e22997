package io.recthink.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.recthink.learn.Objective.TokenLoss;
import io.recthink.model.Decoder;
import io.recthink.model.LoraLayout;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.torch.Gradients;
import io.recthink.torch.Kernels;
import io.recthink.torch.TensorMemory;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Computes the gradient of an objective, summed over micro-batches. Sums are in Java memory; sums of embedding and
 * head, of adapters, and on GPUs are tensors.
 *
 * <p>The forward pass keeps the input of each layer only, or everything that it computes. The head and the loss run on
 * completion tokens alone and in chunks, so the logits never exist as a whole. The backward pass starts at the last
 * layer. It computes a layer again with its record, unless the forward pass has kept the record. Of a decoder with an
 * adapter, only the adapter's gradient is computed.
 *
 * <p>A computation belongs to one thread, which {@link io.recthink.torch.TorchRuntime#prepareThread} has prepared.
 * Several computations may share a decoder at the same time: each has its own gradients of the shared weights.
 */
public final class GradientComputation implements AutoCloseable {
    private final Decoder decoder;
    private final Objective objective;
    private final boolean recompute;
    private final Kernels kernels = Kernels.instance();
    private final NDManager manager;
    private final Map<String, NDArray> sums = new HashMap<>(); // by tensor of the decoder, FP32
    private final Optional<HeapGradient> heap; // sums that are not tensors
    private final NDArray temperature;
    private GradientStatistics statistics = GradientStatistics.ZERO;
    private boolean ended;

    /** Creates a computation that keeps only the inputs of the layers. */
    public GradientComputation(Decoder decoder, Objective objective) {
        this(decoder, objective, true);
    }

    /**
     * Creates a computation without any gradient so far.
     *
     * @param recompute whether the backward pass computes the layers again; otherwise the forward pass of a micro-batch
     *     keeps everything, which takes a quarter less time and several times the memory
     */
    public GradientComputation(Decoder decoder, Objective objective, boolean recompute) {
        this.decoder = decoder;
        this.objective = objective;
        this.recompute = recompute;
        this.manager = decoder.manager().newSubManager();
        boolean onHeap =
                decoder.adapterLayout().isEmpty() && !manager.getDevice().isGpu();
        this.heap = onHeap ? Optional.of(new HeapGradient(decoder)) : Optional.empty();
        this.temperature = TensorMemory.numbers(manager).create(objective.temperature());
    }

    /**
     * Adds the gradient of a micro-batch: one forward and one backward pass over all groups.
     *
     * @throws io.recthink.InvalidInputException if a group does not fit the model's context
     */
    public void add(List<Group> microBatch) {
        requireUnended();
        PackedBatch batch = PackedBatch.of(microBatch, decoder);
        try (NDManager scratch = manager.newSubManager()) {
            var forward = new PackedForward(decoder, batch, scratch);
            Deque<RecordedLayer> layers = new ArrayDeque<>();
            NDArray hidden = forward.embed(scratch);
            for (int layer = 0; layer < decoder.config().layers(); layer++) {
                NDArray input = hidden;
                if (recompute) {
                    hidden = forward.layer(scratch, input, decoder.layer(layer));
                    layers.push(new RecordedLayer(layer, input));
                } else {
                    RecordedLayer recorded = new RecordedLayer(layer, input).record(forward, scratch);
                    hidden = plain("alias", scratch, recorded.output);
                    layers.push(recorded);
                }
            }
            NDArray gradient = headGradient(forward, batch, hidden, scratch);
            for (RecordedLayer layer : layers) {
                gradient = layer.record(forward, scratch).backward(gradient, scratch);
            }
            if (decoder.learns(decoder.embeddingName())) {
                NDArray embedding = sum(decoder.embeddingName());
                kernels.call("embed_backward", scratch, embedding, forward.tokens(), gradient);
            }
        }
    }

    /** The statistics of all micro-batches so far. */
    public GradientStatistics statistics() {
        return statistics;
    }

    /** Returns the sum of the gradients and ends the computation: no micro-batch can be added afterwards. */
    public ParameterVector gradient() {
        requireUnended();
        ended = true;
        try (NDManager scratch = manager.newSubManager()) {
            if (decoder.adapterLayout().isPresent()) {
                return adapterGradient(decoder.adapterLayout().get(), scratch);
            }
            HeapGradient sum = heap.orElseGet(() -> new HeapGradient(decoder));
            sums.forEach((tensor, gradient) -> sum.add(tensor, gradient, scratch));
            return sum.sum();
        }
    }

    private void requireUnended() {
        if (ended) {
            throw new IllegalStateException("The gradient has been taken out of this computation already");
        }
    }

    private ParameterVector adapterGradient(LoraLayout adapter, NDManager scratch) {
        ParameterVector vector = ParameterVector.zeros(decoder.layout());
        for (Parameter parameter : decoder.layout().parameters()) {
            LoraLayout.Place place = adapter.place(parameter);
            NDArray gradient = sums.get(place.tensor());
            if (gradient != null) {
                FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(parameter.size()));
                place.readGradient(gradient, parameter, values, scratch);
                vector.set(parameter.offset(), values.flip());
            }
        }
        return vector;
    }

    /** The tensors of the decoder whose gradients have been computed. */
    Set<String> differentiated() {
        return heap.map(HeapGradient::tensors).orElseGet(sums::keySet);
    }

    @Override
    public void close() {
        manager.close();
    }

    /**
     * Returns the gradient of the last layer's output, {@code [B, N, H]}, and adds up the gradients of head and final
     * norm.
     */
    private NDArray headGradient(PackedForward forward, PackedBatch batch, NDArray output, NDManager scratch) {
        try (NDManager local = scratch.newSubManager()) {
            NDArray selected = Gradients.leaf(forward.select(local, output), local);
            NDArray norm = leaf(decoder.finalNormName(), local);
            NDArray hidden = Gradients.record(() -> forward.normalize(local, selected, norm));
            NDArray hiddenGradient = lossGradient(forward, batch, hidden, local);
            Gradients.backward(hidden, hiddenGradient);
            addGradient(decoder.finalNormName(), norm, local);
            NDArray selectedGradient = Gradients.of(selected, local).orElseThrow();
            return kernels.callForTensorWithGradient(
                    "select_backward", scratch, output, forward.predictors(), selectedGradient);
        }
    }

    /** Returns the gradient of the normalised hidden states {@code [T, H]}, computed in chunks of rows. */
    private NDArray lossGradient(PackedForward forward, PackedBatch batch, NDArray hidden, NDManager local) {
        var losses = new TokenLosses(objective, batch);
        var parts = new NDList();
        int rows = batch.targetCount();
        for (int start = 0; start < rows; start += forward.chunkRows()) {
            int end = Math.min(rows, start + forward.chunkRows());
            parts.add(chunkGradient(hidden, forward.targets(), start, end, losses, local));
        }
        statistics = statistics.plus(losses.statistics());
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, 0);
    }

    private NDArray chunkGradient(
            NDArray allHidden, NDArray allTargets, int start, int end, TokenLosses losses, NDManager local) {
        NDArray head = decoder.tensor(decoder.headName());
        try (NDManager chunk = local.newSubManager()) {
            NDArray from = chunk.create((long) start);
            NDArray to = chunk.create((long) end);
            NDArray hidden = plain("rows", chunk, allHidden, from, to);
            NDArray targets = plain("rows", chunk, allTargets, from, to);
            NDList result = kernels.callWithGradient("head", chunk, hidden, head, targets, temperature);
            Derivatives derivatives =
                    losses.add(result.get(1).toFloatArray(), result.get(2).toFloatArray());
            NDArray ofLogprobs = chunk.create(derivatives.logprobs());
            NDArray headGradient = decoder.learns(decoder.headName()) ? sum(decoder.headName()) : decoder.absent();
            NDArray probabilities = result.get(0);
            if (!objective.rewardsEntropy()) {
                return plain(
                        "head_backward",
                        local,
                        probabilities,
                        hidden,
                        head,
                        targets,
                        ofLogprobs,
                        temperature,
                        headGradient);
            }
            return plain(
                    "head_backward_with_entropy",
                    local,
                    probabilities,
                    hidden,
                    head,
                    targets,
                    ofLogprobs,
                    result.get(2),
                    chunk.create(derivatives.entropies()),
                    temperature,
                    headGradient);
        }
    }

    /** Derivatives of the loss by the log-probability of each token and by the entropy at each token. */
    @SuppressWarnings("ArrayRecordComponent") // one number a token; never compared
    private record Derivatives(float[] logprobs, float[] entropies) {}

    /** A layer whose input is kept for the backward pass. Its whole computation is kept once it is recorded. */
    private final class RecordedLayer {
        private final int layer;
        private final NDArray input; // [B, N, H]
        private NDManager local;
        private NDArray leaf; // the input, with a gradient
        private List<NDArray> weights; // with gradients
        private NDArray output; // [B, N, H]

        RecordedLayer(int layer, NDArray input) {
            this.layer = layer;
            this.input = input;
        }

        /** Computes the layer with its record, unless the record exists. */
        RecordedLayer record(PackedForward forward, NDManager scratch) {
            if (output == null) {
                local = scratch.newSubManager();
                leaf = Gradients.leaf(input, local);
                weights = decoder.layerNames(layer).stream()
                        .map(name -> name.map(present -> leaf(present, local)).orElse(decoder.absent()))
                        .toList();
                output = Gradients.record(() -> forward.layer(local, leaf, weights));
            }
            return this;
        }

        /**
         * Returns the gradient of the input, adds up the gradients of the weights, and frees all memory of the layer.
         */
        NDArray backward(NDArray outputGradient, NDManager scratch) {
            try (NDManager recorded = local;
                    input;
                    outputGradient) {
                Gradients.backward(output, outputGradient);
                List<Optional<String>> names = decoder.layerNames(layer);
                for (int i = 0; i < weights.size(); i++) {
                    NDArray weight = weights.get(i);
                    names.get(i).ifPresent(name -> addGradient(name, weight, recorded));
                }
                return Gradients.of(leaf, scratch).orElseThrow();
            }
        }
    }

    /** Returns a tensor of the decoder; a learned tensor gets a gradient. */
    private NDArray leaf(String name, NDManager local) {
        NDArray tensor = decoder.tensor(name);
        return decoder.learns(name) ? Gradients.leaf(tensor, local) : tensor;
    }

    private void addGradient(String name, NDArray leaf, NDManager local) {
        if (!decoder.learns(name)) {
            return;
        }
        NDArray gradient = Gradients.of(leaf, local).orElseThrow();
        if (heap.isPresent()) {
            heap.get().add(name, gradient, local);
            return;
        }
        NDArray sum = sums.get(name);
        if (sum == null) {
            sums.put(name, plain("to_float", manager, gradient));
        } else {
            plain("add_to", local, sum, gradient);
        }
    }

    /** Returns the sum to which kernels add the gradients of a tensor. */
    private NDArray sum(String name) {
        return sums.computeIfAbsent(
                name, key -> manager.zeros(decoder.tensor(key).getShape()));
    }

    private NDArray plain(String kernel, NDManager owner, NDArray... inputs) {
        return kernels.callForTensorWithGradient(kernel, owner, inputs);
    }

    /** Computes the losses of a batch's tokens, in the order of the batch's targets. */
    private static final class TokenLosses {
        private final Objective objective;
        private final List<LearningCompletion> rows;
        private int row;
        private int position;
        private double loss;
        private double entropySum;
        private double klSum;
        private long clippedTokens;
        private double differenceSum;
        private double differenceMax;
        private long tokens;

        TokenLosses(Objective objective, PackedBatch batch) {
            this.objective = objective;
            this.rows = batch.groups().stream()
                    .flatMap(group -> group.completions().stream())
                    .toList();
        }

        /** Computes the derivatives at the next tokens. */
        Derivatives add(float[] logprobs, float[] entropies) {
            var derivatives = new Derivatives(new float[logprobs.length], new float[logprobs.length]);
            for (int i = 0; i < logprobs.length; i++) {
                if (position == rows.get(row).tokens().length) {
                    row++;
                    position = 0;
                }
                TokenLoss token = add(rows.get(row), logprobs[i], entropies[i]);
                derivatives.logprobs[i] = (float) token.derivative();
                derivatives.entropies[i] = (float) token.entropyDerivative();
                position++;
            }
            return derivatives;
        }

        private TokenLoss add(LearningCompletion current, double logprob, double entropy) {
            TokenLoss token = objective.token(current, position, logprob, entropy);
            loss += token.loss();
            klSum += token.kl();
            clippedTokens += token.clipped() ? 1 : 0;
            entropySum += entropy;
            tokens++;
            if (current.oldLogprobs() != null) {
                double difference = Math.abs(logprob - current.oldLogprobs()[position]);
                differenceSum += difference;
                differenceMax = Math.max(differenceMax, difference);
            }
            return token;
        }

        GradientStatistics statistics() {
            return new GradientStatistics(
                    loss, tokens, rows.size(), entropySum, klSum, clippedTokens, differenceSum, differenceMax);
        }
    }
}
