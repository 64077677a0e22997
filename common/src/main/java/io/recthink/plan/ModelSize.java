package io.recthink.plan;

import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelConfig;
import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.Projection;
import java.util.Optional;
import java.util.Set;

/**
 * The numbers of parameters that follow from the shape of a model.
 *
 * @param parameters of the model
 * @param norms those of them that scale norms
 * @param embedding rows of the vocabulary times the hidden size: the embedding, and the head
 * @param layer projections of one layer
 * @param learned parameters that are learnt: all, or those of the adapter
 * @param adapter elements of the tensors that hold the adapter, with the zeros between joined projections
 */
public record ModelSize(long parameters, long norms, long embedding, long layer, long learned, long adapter) {
    private static final int FLOAT = Float.BYTES;

    /** The sizes of a model, with an adapter beside it or not. */
    public static ModelSize of(ModelConfig model, Optional<LoraConfig> lora) {
        ParameterLayout layout = ParameterLayout.of(model);
        long norms = layout.parameters().stream()
                .filter(parameter -> parameter.kind() == Kind.NORM)
                .mapToLong(Parameter::size)
                .sum();
        long heads = model.heads() + 2L * model.keyValueHeads();
        long layer = model.hiddenSize()
                * (heads * model.headDim() + (long) model.heads() * model.headDim() + 3L * model.intermediateSize());
        return new ModelSize(
                layout.size(),
                norms,
                (long) model.vocabularySize() * model.hiddenSize(),
                layer,
                lora.map(adapter -> ParameterLayout.of(model, adapter).size()).orElse(layout.size()),
                lora.map(adapter -> adapterElements(model, adapter)).orElse(0L));
    }

    /** Projections of the same input are joined: their A below each other, their B in blocks of one matrix. */
    private static long adapterElements(ModelConfig model, LoraConfig lora) {
        long hidden = model.hiddenSize();
        long queries = (long) model.heads() * model.headDim();
        long keys = (long) model.keyValueHeads() * model.headDim();
        long intermediate = model.intermediateSize();
        Set<Projection> all = lora.projections();
        long rank = lora.rank();
        return model.layers()
                * (elements(rank, all, hidden, queries + 2 * keys, Projection.QUERY, Projection.KEY, Projection.VALUE)
                        + elements(rank, all, queries, hidden, Projection.OUTPUT)
                        + elements(rank, all, hidden, 2 * intermediate, Projection.GATE, Projection.UP)
                        + elements(rank, all, intermediate, hidden, Projection.DOWN));
    }

    private static long elements(long rank, Set<Projection> all, long input, long output, Projection... joined) {
        long present = Set.of(joined).stream().filter(all::contains).count();
        return rank * present * (input + output);
    }

    /** Bytes of all tensors of a decoder: {@code 4 norms + e (parameters - norms + adapter)}. */
    public long decoderBytes(ComputeType type) {
        return FLOAT * norms + bytes(type) * (parameters - norms + adapter);
    }

    /** Bytes of one number per learnt parameter in FP32, the zeros of joined adapters included. */
    public long tensorGradientBytes() {
        return FLOAT * (adapter > 0 ? adapter : parameters);
    }

    /** Bytes {@code e} of an operand. */
    static int bytes(ComputeType type) {
        return switch (type) {
            case FLOAT32 -> Float.BYTES;
            case BFLOAT16 -> Short.BYTES;
        };
    }
}
