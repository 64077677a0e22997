package io.recthink.plan;

import io.recthink.learn.AdamW;
import io.recthink.model.ComputeType;
import io.recthink.model.ModelConfig;

/**
 * Counts the floating point operations of one group and the bytes that are moved.
 *
 * <p>Symbols: M weights of the projections of all layers, L layers, Q width of all query heads, K width of all key
 * heads, H hidden size, V vocabulary; a group has P prompt tokens and G completions of S tokens.
 */
final class Operations {
    private final Workload work;
    private final ModelSize size;
    private final double projections;
    private final double head;
    private final double attentionOfAKey;
    private final double completions;

    Operations(Workload work) {
        ModelConfig model = work.model();
        this.work = work;
        this.size = ModelSize.of(model, work.lora());
        this.projections = (double) model.layers() * size.layer();
        this.head = size.embedding();
        this.attentionOfAKey = 4.0 * model.layers() * model.heads() * model.headDim();
        this.completions = (double) work.groupSize() * work.completionTokens();
    }

    /**
     * Operations of reading a prompt, {@code 2 M P + 2 L Q P^2}: every token passes all projections, and a query sees
     * half of its prompt's keys on average.
     */
    double prefill() {
        double p = work.promptTokens();
        return 2 * projections * p + attentionOfAKey * p * p / 2;
    }

    /** Operations of growing the completions of a group: {@code G S (2 (M + H V) + 4 L Q (P + S / 2))}. */
    double decode() {
        return completions * (2 * (projections + head) + attentionOfACompletion());
    }

    /**
     * Operations of the gradient of a group: {@code forward (1 + r + b) + head (h + b)}. r is 1 where layers are
     * computed again, else 0. The backward pass repeats the forward operations for the inputs, and once more for
     * learned weights: b is 1 with an adapter, else 2. BF16 takes h = 2 products for logits in FP32; FP32 takes one.
     */
    double gradient() {
        double logits = 2 * head * completions;
        int backward = work.lora().isPresent() ? 1 : 2;
        return forward() * (1 + recomputed() + backward) + logits * (productsOfTheHead() + backward);
    }

    private int productsOfTheHead() {
        return work.type() == ComputeType.BFLOAT16 ? 2 : 1;
    }

    /**
     * Numbers that the projections make, {@code forward / (2 H) (3 + r)}, counted as if each projection had H inputs.
     * Each number counts once in the forward pass, once when layers are computed again, and twice in the backward pass,
     * which reads and writes it.
     */
    double numbersBetween() {
        return forward() / (2.0 * work.model().hiddenSize()) * (3 + recomputed());
    }

    private double forward() {
        return prefill() + completions * (2 * projections + attentionOfACompletion());
    }

    private int recomputed() {
        return work.recompute() ? 1 : 0;
    }

    /** Decoding steps of all batches of the largest rollout task. */
    double decodeSteps() {
        double rows = work.rows();
        return work.completionTokens() * Math.ceil(work.promptsOfARollout() * work.groupSize() / rows);
    }

    /** Bytes of weights that each decoding step reads. */
    double weightBytes() {
        return ModelSize.bytes(work.type()) * (projections + productsOfTheHead() * head);
    }

    /**
     * Bytes of keys and values of a batch that each decoding step reads: {@code 2 e L K} a position of prompts and
     * completions.
     */
    double cacheBytes() {
        double rows = work.rows();
        double positions = rows / work.groupSize() * work.promptTokens() + rows * work.completionTokens() / 2.0;
        return 2.0
                * ModelSize.bytes(work.type())
                * work.model().layers()
                * work.model().keyValueHeads()
                * work.model().headDim()
                * positions;
    }

    /** Bytes that an update moves: {@code 28} a learned parameter. */
    double updateBytes() {
        return (double) AdamW.BYTES_MOVED * size.learned();
    }

    private double attentionOfACompletion() {
        return attentionOfAKey * (work.promptTokens() + work.completionTokens() / 2.0);
    }
}
