package io.recthink.plan;

import io.recthink.learn.AdamW;
import io.recthink.model.ComputeType;
import io.recthink.model.ModelConfig;

/**
 * The floating point operations of one group, and the bytes that are moved. M projections of all layers, L layers, Q all
 * query heads, K all key heads, H hidden, V vocabulary; P prompt tokens, G completions of S tokens.
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

    /** {@code 2 M P + 2 L Q P^2}: every token through all projections; a query sees half of its prompt's keys. */
    double prefill() {
        double p = work.promptTokens();
        return 2 * projections * p + attentionOfAKey * p * p / 2;
    }

    /** {@code G S (2 (M + H V) + 4 L Q (P + S / 2))}. */
    double decode() {
        return completions * (2 * (projections + head) + attentionOfACompletion());
    }

    /**
     * {@code forward (1 + r + b) + head (h + b)}, with r = 1 where layers are computed again; the backward pass computes as
     * much as the forward pass for the inputs, and as much again for weights that are learnt, b = 1 or 2; BF16 takes h = 2
     * products for logits in FP32.
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
     * {@code forward / (2 H) (3 + r)}: the numbers that projections of the hidden size make, in the forward pass, when they are
     * computed again, and twice in the backward pass, which reads and writes.
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

    /** Steps of all batches of the largest rollout task. */
    double decodeSteps() {
        double rows = work.rows();
        return work.completionTokens() * Math.ceil(work.promptsOfARollout() * work.groupSize() / rows);
    }

    /** Read by each decoding step. */
    double weightBytes() {
        return ModelSize.bytes(work.type()) * (projections + productsOfTheHead() * head);
    }

    /** Keys and values of the prompts and completions of a batch, read by each decoding step: 2 e L K a position. */
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

    /** {@code 28} a learnt parameter. */
    double updateBytes() {
        return (double) AdamW.BYTES_MOVED * size.learned();
    }

    private double attentionOfACompletion() {
        return attentionOfAKey * (work.promptTokens() + work.completionTokens() / 2.0);
    }
}
