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
 * Numbers of parameters that follow from the shape of a model.
 *
 * @param parameters parameters of the model
 * @param norms parameters that scale norms
 * @param embedding vocabulary size times hidden size: elements of the embedding, and of the head
 * @param layer elements of the projections of one layer
 * @param learned parameters that training learns: all, or the adapter's
 * @param adapter elements of the adapter's tensors, with the zeros between joined projections
 */
public record ModelSize(long parameters, long norms, long embedding, long layer, long learned, long adapter) {
    private static final int FLOAT = Float.BYTES;

    /** Computes the sizes of a model, with or without an adapter. */
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

    /**
     * Elements of the adapter's tensors. Projections of the same input are joined: their A matrices are one below the
     * other, their B matrices are blocks of one matrix.
     */
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

    /** Bytes of one FP32 number for each learned parameter, with the zeros of joined adapters. */
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
