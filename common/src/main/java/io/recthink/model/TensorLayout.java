package io.recthink.model;

import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lays out the parameters of a decoder in the tensors that the kernels take. Projections of the same input are one
 * below the other in one tensor, so that one matrix product computes them all. Every other parameter is a tensor of its
 * own, with the parameter's name.
 */
public final class TensorLayout {
    private static final List<String> QUERIES_KEYS_VALUES =
            List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
    private static final List<String> GATE_AND_UP = List.of("mlp.gate_proj", "mlp.up_proj");
    private static final Map<String, List<String>> JOINED = Map.of(
            "self_attn.qkv_proj.weight", weights(QUERIES_KEYS_VALUES),
            "self_attn.qkv_proj.bias", biases(QUERIES_KEYS_VALUES),
            "mlp.gate_up_proj.weight", weights(GATE_AND_UP));
    private static final List<String> LAYER = List.of(
            "input_layernorm.weight",
            "self_attn.qkv_proj.weight",
            "self_attn.qkv_proj.bias",
            "self_attn.q_norm.weight",
            "self_attn.k_norm.weight",
            "self_attn.o_proj.weight",
            "post_attention_layernorm.weight",
            "mlp.gate_up_proj.weight",
            "mlp.down_proj.weight");
    private static final List<String> PROJECTIONS = List.of(
            "self_attn.qkv_proj.weight", "self_attn.o_proj.weight", "mlp.gate_up_proj.weight", "mlp.down_proj.weight");

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();

    private TensorLayout(ParameterLayout parameters, int layers) {
        for (int layer = 0; layer < layers; layer++) {
            String prefix = prefix(layer);
            for (String name : LAYER) {
                add(prefix + name, parts(prefix, name, parameters));
            }
        }
        parameters.parameters().stream()
                .filter(parameter -> !places.containsKey(parameter.name()))
                .forEach(parameter -> add(parameter.name(), List.of(parameter)));
    }

    static TensorLayout of(ParameterLayout parameters, int layers) {
        return new TensorLayout(parameters, layers);
    }

    private static List<Parameter> parts(String prefix, String name, ParameterLayout parameters) {
        return JOINED.getOrDefault(name, List.of(name)).stream()
                .flatMap(part -> parameters.find(prefix + part).stream())
                .toList();
    }

    private void add(String name, List<Parameter> parts) {
        if (parts.isEmpty()) {
            return;
        }
        Parameter first = parts.get(0);
        List<Long> shape = new ArrayList<>(first.shape());
        shape.set(0, parts.stream().mapToLong(part -> part.shape().get(0)).sum());
        tensors.put(name, new Tensor(name, shape, first.kind()));
        long element = 0;
        for (Parameter part : parts) {
            places.put(part.name(), new Place(name, element));
            element += part.size();
        }
    }

    /** All tensors. */
    public List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    /** The place of a parameter in the tensors. */
    public Place place(Parameter parameter) {
        return place(parameter.name());
    }

    Place place(String parameter) {
        return places.get(parameter);
    }

    /** The names of a layer's tensors that contain projections: queries, keys and values; output; gate and up; down. */
    List<String> projections(int layer) {
        return PROJECTIONS.stream().map(name -> prefix(layer) + name).toList();
    }

    /**
     * The names of a layer's tensors in the order in which the layer kernels take them: input norm; weight and bias of
     * queries, keys and values; query norm; key norm; output; norm before the feed-forward part; gate and up; down. A
     * name is empty where the model does not have the tensor.
     */
    public List<Optional<String>> layer(int layer) {
        return LAYER.stream()
                .map(name -> Optional.of(prefix(layer) + name).filter(tensors::containsKey))
                .toList();
    }

    /**
     * A tensor of the decoder.
     *
     * @param name name of the parameter, or a name for the joined parameters
     * @param shape one or two lengths
     * @param kind kind of the parameters
     */
    public record Tensor(String name, List<Long> shape, Kind kind) {
        public Tensor {
            shape = List.copyOf(shape);
        }
    }

    /**
     * The place of a parameter: consecutive elements of a tensor.
     *
     * @param tensor name of the tensor
     * @param first the parameter's first element in the tensor
     */
    public record Place(String tensor, long first) {}

    private static String prefix(int layer) {
        return "model.layers." + layer + ".";
    }

    private static List<String> weights(List<String> projections) {
        return projections.stream().map(name -> name + ".weight").toList();
    }

    private static List<String> biases(List<String> projections) {
        return projections.stream().map(name -> name + ".bias").toList();
    }
}
