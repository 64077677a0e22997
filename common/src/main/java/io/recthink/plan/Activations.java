package io.recthink.plan;

import io.recthink.generate.Batch;
import io.recthink.learn.PackedForward;
import io.recthink.model.AttentionCall;
import io.recthink.model.ComputeType;
import io.recthink.model.ModelConfig;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The tensors that computing needs beside weights, in bytes. {@code e} bytes an operand (4 or 2), H hidden, I
 * intermediate, Q all query heads, K all key heads, L layers, V vocabulary; a group has P prompt positions and G
 * completions of S positions, N = P + G S in all. FP32 between the layers, e inside of them.
 */
final class Activations {
    // The C library (glibc) keeps freed blocks of up to 32 MiB for later. Where layers are computed again, small
    // tensors that stay come to lie between them; what that holds was measured, not derived.
    private static final long LARGEST_HELD = 32L << 20;
    private static final double HELD_OF_FLOAT32 = 3.0;
    private static final double HELD_OF_BFLOAT16 = 1.4;

    private final Workload work;
    private final long e;
    private final long hidden;
    private final long intermediate;
    private final long queries;
    private final long keys;
    private final long layers;
    private final long vocabulary;
    private final int[] queriesInACall;

    /** @param queriesInACall what a call of the attention of gradients may have; of several what needs most is planned */
    Activations(Workload work, int... queriesInACall) {
        ModelConfig model = work.model();
        this.work = work;
        this.e = ModelSize.bytes(work.type());
        this.hidden = model.hiddenSize();
        this.intermediate = model.intermediateSize();
        this.queries = (long) model.heads() * model.headDim();
        this.keys = (long) model.keyValueHeads() * model.headDim();
        this.layers = model.layers();
        this.vocabulary = model.vocabularySize();
        this.queriesInACall = queriesInACall.clone();
    }

    /** Prompts in the cache. */
    long promptSeats() {
        return Batch.promptSeats(work.promptsOfARollout(), work.groupSize(), Math.toIntExact(work.rows()));
    }

    /**
     * Keys and values: {@code 2 b L K (seats P + rows S)}, and one of both once more while room is added.
     *
     * @param bytes b of a number: e, on GPUs 4
     */
    long keysAndValues(int bytes) {
        long ofPrompts = promptSeats() * work.promptTokens();
        long room = Math.max(1, work.completionTokens() - 1);
        long before = (room - 1) / Batch.BLOCK * Batch.BLOCK;
        return bytes * layers * keys * (2 * ofPrompts + work.rows() * (2 * room + before));
    }

    /** Of sampling: the larger of reading prompts and of growing completions. */
    long rollout() {
        return Math.max(prefill(), decode());
    }

    /** {@code n (8 H + e (4 I + H))} of n tokens read at a time: the input, its norm, gate and up, and their products. */
    private long prefill() {
        long together = Math.max(1, Batch.PROMPT_TOKENS_AT_A_TIME / work.promptTokens());
        long prompts = Math.min(together, promptSeats());
        long tokens = Math.min(Batch.PROMPT_TOKENS_AT_A_TIME, prompts * work.promptTokens());
        return tokens * (8 * hidden + e * (4 * intermediate + hidden));
    }

    /** {@code rows (20 V + 16 heads (P + S))}: logits, their exponentials and sums; scores, shares and their copies. */
    private long decode() {
        long positions = (long) work.promptTokens() + work.completionTokens();
        return work.rows() * (20 * vocabulary + 16L * work.model().heads() * positions);
    }

    /** Of one gradient task: the inputs of layers and the larger of the head and of one layer's backward pass. */
    long gradient() {
        long kept = work.recompute() ? layerInputs() : layerInputs() + (layers - 1) * recordedLayer();
        return kept + Math.max(head(), recordedLayer() + backward());
    }

    /**
     * {@code h L e I N} with h = 3 or 1.4: freed memory of gradients that is not given back, where the layers are computed
     * again and their tensors are small enough to be kept for later.
     */
    long held() {
        long tensor = e * intermediate * positions();
        double factor = work.type() == ComputeType.BFLOAT16 ? HELD_OF_BFLOAT16 : HELD_OF_FLOAT32;
        return work.recompute() && tensor <= LARGEST_HELD ? (long) (factor * layers * tensor) : 0;
    }

    /** The same of the packed weights of the rollout before. */
    long heldOfPackedWeights() {
        if (!work.recompute() || work.type() == ComputeType.FLOAT32) {
            return 0;
        }
        return layers
                * LongStream.of(
                                hidden * (queries + 2 * keys),
                                queries * hidden,
                                2 * hidden * intermediate,
                                hidden * intermediate)
                        .map(elements -> e * elements)
                        .filter(bytes -> bytes <= LARGEST_HELD)
                        .sum();
    }

    /** {@code 4 H N} of each layer. */
    long layerInputs() {
        return layers * 4 * hidden * positions();
    }

    /** What is kept of one layer for its backward pass. */
    long recordedLayer() {
        return IntStream.of(queriesInACall)
                .map(this::completionsInACall)
                .mapToLong(this::recordedLayer)
                .max()
                .orElseThrow();
    }

    private long recordedLayer(int completionsInACall) {
        long groups = work.groupsInAPass();
        long prompt = groups * work.promptTokens();
        long completions = positions() - prompt;
        long norms = 2 * (4 + e) * hidden; // x / rms, and the norm in e
        long residual = 8 * hidden; // after the attention, after the feed-forward part
        long attention = e * (queries + keys + 2 * queries); // turned queries and keys, what was attended, twice
        long repeated = 2 * e * queries; // keys and values of a prompt, once for each query head
        long own = e * queries; // queries by key head
        long feedForward = 4 * e * intermediate; // gate and up, the activation, the product
        return positions() * (norms + residual + attention + feedForward)
                + prompt * repeated
                + completions * own
                + 2 * e * keys * (groups * copiesOfThePrompt(completionsInACall) * work.promptTokens() + completions)
                + mask(completionsInACall);
    }

    /** {@code N (8 H + 2 e I)} of the gradients that are passed down, and those of one layer's weights in e. */
    private long backward() {
        return positions() * (8 * hidden + 2 * e * intermediate) + e * largestLearnedLayer();
    }

    private long largestLearnedLayer() {
        return work.lora().isPresent()
                ? 0
                : ModelSize.of(work.model(), work.lora()).layer();
    }

    /** Each call of the attention of completions takes a copy of the prompt's keys. */
    private long copiesOfThePrompt(int completionsInACall) {
        return work.groupSize() / completionsInACall;
    }

    private int completionsInACall(int queries) {
        long steps = Math.max(1, work.completionTokens() - 1);
        return AttentionCall.completions(work.groupSize(), steps, this.queries / keys, queries);
    }

    /** {@code 4 F S R (P + F S)} of F completions in a call and R query heads of a key head; once for all groups, and copied. */
    private long mask(int completionsInACall) {
        long steps = (long) completionsInACall * Math.max(1, work.completionTokens() - 1);
        long groups = work.groupsInAPass();
        long copies = groups > 1 ? groups * (1 + copiesOfThePrompt(completionsInACall)) : 1;
        return copies * 4 * steps * (queries / keys) * (work.promptTokens() + steps);
    }

    /**
     * The selected rows and the gradient of the last output, and of a chunk its logits in FP32 two times, three times where
     * e is less.
     */
    private long head() {
        long targets = (long) work.groupsInAPass() * work.groupSize() * work.completionTokens();
        long chunk = Math.min(targets, PackedForward.chunkRows(work.model().vocabularySize())) * vocabulary;
        long copies = e == Float.BYTES ? 2 : 3;
        return copies * 4 * chunk + targets * 5 * 4 * hidden + positions() * 4 * hidden;
    }

    private long positions() {
        return work.groupsInAPass() * work.positionsOfAGroup();
    }
}
