package io.recthink.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Lists the parameters of a {@link ModelConfig} in a fixed order, laid end to end in one flat space of FP32 elements:
 * the embedding, the layers from first to last, the final norm, the head unless it is tied. Projections are stored as
 * {@code [output, input]}; names follow Hugging Face.
 *
 * <p>A layout can also list the parameters of an adapter to a model: layer by layer, for each projection A
 * {@code [rank, input]} and B {@code [output, rank]}; names follow PEFT.
 */
public final class ParameterLayout {
    private static final String LORA_A = ".lora_A.weight";
    private static final String LORA_B = ".lora_B.weight";

    private final List<Parameter> parameters;
    private final Map<String, Parameter> byName;
    private final long size;

    private ParameterLayout(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
        this.byName = parameters.stream().collect(Collectors.toUnmodifiableMap(Parameter::name, Function.identity()));
        Parameter last = parameters.get(parameters.size() - 1);
        this.size = last.offset() + last.size();
    }

    /** The layout of the models with this configuration. */
    public static ParameterLayout of(ModelConfig config) {
        return new ParameterLayout(new Builder(config).build());
    }

    /** The layout of the adapters {@code lora} to the models with this configuration. */
    public static ParameterLayout of(ModelConfig config, LoraConfig lora) {
        return new ParameterLayout(new Builder(config).build(lora, of(config)));
    }

    /** The name of the matrix A beside a projection of a layer. */
    static String loraA(Projection projection, int layer) {
        return projection.in(layer) + LORA_A;
    }

    /** The name of the matrix B beside a projection of a layer. */
    static String loraB(Projection projection, int layer) {
        return projection.in(layer) + LORA_B;
    }

    static boolean isLoraB(Parameter parameter) {
        return parameter.name().endsWith(LORA_B);
    }

    /** All parameters in the order of their offsets. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** The parameter of this name, if the model has one. */
    public Optional<Parameter> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The parameter of this name.
     *
     * @throws IllegalArgumentException if the model has none
     */
    public Parameter parameter(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("the model has no parameter " + name));
    }

    /** The number of elements. */
    public long size() {
        return size;
    }

    /** What a parameter does in the model. */
    public enum Kind {
        /** The embedding, the head, a projection or a part of an adapter; two axes. */
        MATRIX,
        /** The offset of a projection; one axis. */
        BIAS,
        /** The scale of an RMS norm; one axis. */
        NORM
    }

    /**
     * One parameter.
     *
     * @param name its name in Hugging Face folders; without PEFT's prefix in adapters
     * @param shape one or two lengths, row-major
     * @param offset its first element in the flat space
     */
    public record Parameter(String name, List<Long> shape, long offset) {
        public Parameter {
            shape = List.copyOf(shape);
        }

        /** The number of elements. */
        public long size() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }

        /** The kind of the parameter, from its shape and name. */
        public Kind kind() {
            if (shape.size() == 2) {
                return Kind.MATRIX;
            }
            return name.endsWith(".bias") ? Kind.BIAS : Kind.NORM;
        }
    }

    private static final class Builder {
        private final ModelConfig config;
        private final List<Parameter> parameters = new ArrayList<>();
        private long offset;

        Builder(ModelConfig config) {
            this.config = config;
        }

        List<Parameter> build() {
            long hidden = config.hiddenSize();
            add("model.embed_tokens.weight", (long) config.vocabularySize(), hidden);
            for (int layer = 0; layer < config.layers(); layer++) {
                addLayer("model.layers." + layer + ".");
            }
            add("model.norm.weight", hidden);
            if (!config.tiedHead()) {
                add("lm_head.weight", (long) config.vocabularySize(), hidden);
            }
            return parameters;
        }

        List<Parameter> build(LoraConfig lora, ParameterLayout model) {
            for (int layer = 0; layer < config.layers(); layer++) {
                for (Projection projection : lora.projections()) {
                    List<Long> shape =
                            model.parameter(projection.weightIn(layer)).shape();
                    add(loraA(projection, layer), (long) lora.rank(), shape.get(1));
                    add(loraB(projection, layer), shape.get(0), (long) lora.rank());
                }
            }
            return parameters;
        }

        private void addLayer(String layer) {
            long hidden = config.hiddenSize();
            long intermediate = config.intermediateSize();
            long headDim = config.headDim();
            long queries = config.heads() * headDim;
            long keys = config.keyValueHeads() * headDim;
            add(layer + "input_layernorm.weight", hidden);
            addProjection(layer + "self_attn.q_proj.", queries, hidden);
            addProjection(layer + "self_attn.k_proj.", keys, hidden);
            addProjection(layer + "self_attn.v_proj.", keys, hidden);
            if (config.queryKeyNorm()) {
                add(layer + "self_attn.q_norm.weight", headDim);
                add(layer + "self_attn.k_norm.weight", headDim);
            }
            add(layer + "self_attn.o_proj.weight", hidden, queries);
            add(layer + "post_attention_layernorm.weight", hidden);
            add(layer + "mlp.gate_proj.weight", intermediate, hidden);
            add(layer + "mlp.up_proj.weight", intermediate, hidden);
            add(layer + "mlp.down_proj.weight", hidden, intermediate);
        }

        private void addProjection(String name, long output, long input) {
            add(name + "weight", output, input);
            if (config.attentionBias()) {
                add(name + "bias", output);
            }
        }

        private void add(String name, Long... shape) {
            Parameter parameter = new Parameter(name, List.of(shape), offset);
            parameters.add(parameter);
            offset = Math.addExact(offset, parameter.size());
        }
    }
}
