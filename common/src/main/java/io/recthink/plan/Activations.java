package io.recthink.plan;

import io.recthink.generate.Batch;
import io.recthink.learn.PackedForward;
import io.recthink.model.AttentionCall;
import io.recthink.model.ComputeType;
import io.recthink.model.ModelConfig;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Bytes of the tensors that a task needs beside the weights.
 *
 * <p>Symbols: {@code e} bytes of an operand of matrix products (4 or 2), H hidden size, I intermediate size, Q width of
 * all query heads, K width of all key heads, L layers, V vocabulary. A group has P prompt positions and G completions
 * of S positions, {@code N = P + G S} in all. Values between the layers are FP32; inside a layer they take e bytes.
 */
final class Activations {
    // glibc keeps freed blocks of up to 32 MiB for reuse. Where layers are computed again, small tensors that stay
    // separate these blocks. The two factors are measured, not derived.
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

    /**
     * @param queriesInACall most queries of an attention call in the gradient pass; of several values, the plan takes
     *     the one that needs the most memory
     */
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

    /** The number of prompts whose keys and values are in the cache. */
    long promptSeats() {
        return Batch.promptSeats(work.promptsOfARollout(), work.groupSize(), Math.toIntExact(work.rows()));
    }

    /**
     * Bytes of keys and values: {@code b L K (2 seats P + rows (2 R + C))}. A completion has {@code R = max(1, S - 1)}
     * cached positions. C is the old copy of the keys or of the values while the cache grows: {@code R - 1} rounded
     * down to a multiple of {@link Batch#BLOCK}.
     *
     * @param bytes b, the bytes of a number: e, on GPUs 4
     */
    long keysAndValues(int bytes) {
        long ofPrompts = promptSeats() * work.promptTokens();
        long room = Math.max(1, work.completionTokens() - 1);
        long before = (room - 1) / Batch.BLOCK * Batch.BLOCK;
        return bytes * layers * keys * (2 * ofPrompts + work.rows() * (2 * room + before));
    }

    /** Bytes of sampling: the larger need of reading prompts and of growing completions. */
    long rollout() {
        return Math.max(prefill(), decode());
    }

    /**
     * Bytes of reading prompts, {@code n (8 H + e (4 I + H))} for n tokens that are read together: the layer's input,
     * its norm, gate and up, and their products.
     */
    private long prefill() {
        long together = Math.max(1, Batch.PROMPT_TOKENS_AT_A_TIME / work.promptTokens());
        long prompts = Math.min(together, promptSeats());
        long tokens = Math.min(Batch.PROMPT_TOKENS_AT_A_TIME, prompts * work.promptTokens());
        return tokens * (8 * hidden + e * (4 * intermediate + hidden));
    }

    /**
     * Bytes of a decoding step, {@code rows (20 V + 16 heads (P + S))}: logits, their exponentials and sums; attention
     * scores, attention weights and copies of both.
     */
    private long decode() {
        long positions = (long) work.promptTokens() + work.completionTokens();
        return work.rows() * (20 * vocabulary + 16L * work.model().heads() * positions);
    }

    /**
     * Bytes of one gradient task: the layer inputs, plus the larger need of the head and of one layer's backward pass.
     * Without recomputation the task also keeps {@code L - 1} recorded layers.
     */
    long gradient() {
        long kept = work.recompute() ? layerInputs() : layerInputs() + (layers - 1) * recordedLayer();
        return kept + Math.max(head(), recordedLayer() + backward());
    }

    /**
     * Bytes of freed gradient memory that glibc does not give back: {@code h L e I N}, with h = 3 in FP32 and h = 1.4
     * in BF16. The result is 0 unless the layers are computed again and a tensor of {@code e I N} bytes takes at most
     * 32 MiB.
     */
    long held() {
        long tensor = e * intermediate * positions();
        double factor = work.type() == ComputeType.BFLOAT16 ? HELD_OF_BFLOAT16 : HELD_OF_FLOAT32;
        return work.recompute() && tensor <= LARGEST_HELD ? (long) (factor * layers * tensor) : 0;
    }

    /**
     * Bytes that glibc keeps of the packed weights of the rollout before. The result is 0 without recomputation and in
     * FP32; weights of more than 32 MiB do not count.
     */
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

    /** Bytes of the inputs of all layers: {@code 4 H N} a layer. */
    long layerInputs() {
        return layers * 4 * hidden * positions();
    }

    /** Bytes that one layer keeps for its backward pass. */
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
        long attention = e * (queries + keys + 2 * queries); // rotated queries and keys; the attention's output, twice
        long repeated = 2 * e * queries; // keys and values of a prompt, once for each query head
        long own = e * queries; // queries grouped by key head
        long feedForward = 4 * e * intermediate; // gate and up, the activation, the product
        return positions() * (norms + residual + attention + feedForward)
                + prompt * repeated
                + completions * own
                + 2 * e * keys * (groups * copiesOfThePrompt(completionsInACall) * work.promptTokens() + completions)
                + mask(completionsInACall);
    }

    /**
     * Bytes of one layer's backward pass: {@code N (8 H + 2 e I)} for the gradients that are passed down, and e for
     * each weight of one layer.
     */
    private long backward() {
        return positions() * (8 * hidden + 2 * e * intermediate) + e * largestLearnedLayer();
    }

    private long largestLearnedLayer() {
        return work.lora().isPresent()
                ? 0
                : ModelSize.of(work.model(), work.lora()).layer();
    }

    /** Copies of the prompt's keys: each attention call of completions takes one. */
    private long copiesOfThePrompt(int completionsInACall) {
        return work.groupSize() / completionsInACall;
    }

    private int completionsInACall(int queries) {
        long steps = Math.max(1, work.completionTokens() - 1);
        return AttentionCall.completions(work.groupSize(), steps, this.queries / keys, queries);
    }

    /**
     * Bytes of the attention mask: {@code 4 F S R (P + F S)}, with F completions in a call and R query heads of a key
     * head. With several groups each group has a mask, and each attention call copies it.
     */
    private long mask(int completionsInACall) {
        long steps = (long) completionsInACall * Math.max(1, work.completionTokens() - 1);
        long groups = work.groupsInAPass();
        long copies = groups > 1 ? groups * (1 + copiesOfThePrompt(completionsInACall)) : 1;
        return copies * 4 * steps * (queries / keys) * (work.promptTokens() + steps);
    }

    /**
     * Bytes of the head: the selected rows, the gradient of the last layer's output, and the FP32 logits of one chunk.
     * The logits take their size two times, in BF16 three times.
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
