package io.recthink.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.recthink.config.Configuration.ComputeType;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.torch.TensorMemory;
import io.recthink.torch.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of a language model on a device, as the kernels take them. Several threads may compute with one decoder;
 * {@link #set} and {@link #close} must not run while they do.
 *
 * <p>The manager of the weights takes nothing else: results belong to managers of their own.
 */
public final class Decoder implements AutoCloseable {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final List<String> LAYER_PARAMETERS = List.of(
            "input_layernorm.weight",
            "self_attn.q_proj.weight",
            "self_attn.q_proj.bias",
            "self_attn.q_norm.weight",
            "self_attn.k_proj.weight",
            "self_attn.k_proj.bias",
            "self_attn.k_norm.weight",
            "self_attn.v_proj.weight",
            "self_attn.v_proj.bias",
            "self_attn.o_proj.weight",
            "post_attention_layernorm.weight",
            "mlp.gate_proj.weight",
            "mlp.up_proj.weight",
            "mlp.down_proj.weight");

    private final ModelConfig config;
    private final ParameterLayout layout;
    private final NDManager manager;
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();
    private final NDArray absent;
    private final NDArray epsilon;
    private final NDArray frequencies;

    private Decoder(ModelConfig config, NDManager manager) {
        this.config = config;
        this.layout = ParameterLayout.of(config);
        this.manager = manager;
        this.absent = manager.zeros(new Shape(0));
        this.epsilon = manager.create(config.normEpsilon());
        this.frequencies = manager.create(RotaryFrequencies.of(config));
        for (Parameter parameter : layout.parameters()) {
            parameters.put(parameter.name(), manager.zeros(new Shape(parameter.shape()), DataType.FLOAT32));
        }
        manager.cap();
    }

    /** The weights of a model folder. */
    public static Decoder load(ModelFolder folder, ComputeType type, Device device) {
        return of(folder.config(), folder, type, device);
    }

    /** The weights that a source gives, e.g. a {@code ParameterVector}. */
    public static Decoder of(ModelConfig config, ParameterReader weights, ComputeType type, Device device) {
        TorchRuntime.load();
        switch (type) {
            case FLOAT32 -> {
                // the only one so far
            }
        }
        NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        try {
            Decoder decoder = new Decoder(config, manager);
            decoder.set(weights);
            return decoder;
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    public ModelConfig config() {
        return config;
    }

    /** The parameters in their order. */
    public ParameterLayout layout() {
        return layout;
    }

    /** Owner of the weights; make sub-managers for everything else. */
    public NDManager manager() {
        return manager;
    }

    /** The weights of a parameter. */
    public NDArray parameter(String name) {
        return Optional.ofNullable(parameters.get(name))
                .orElseThrow(() -> new IllegalArgumentException("The model has no parameter " + name));
    }

    /** Name of the embedding, {@code [vocabulary, hidden]}. */
    public String embeddingName() {
        return EMBEDDING;
    }

    /** Name of the output head, {@code [vocabulary, hidden]}; the embedding where they are tied. */
    public String headName() {
        return config.tiedHead() ? EMBEDDING : "lm_head.weight";
    }

    /** Name of the norm before the head, {@code [hidden]}. */
    public String finalNormName() {
        return "model.norm.weight";
    }

    /**
     * The names of a layer's parameters in the order in which the layer kernels take them: input norm; query weight,
     * bias and norm; key weight, bias and norm; value weight and bias; output; norm before the feed-forward part; gate,
     * up and down. Empty where this model has no such parameter: pass {@link #absent} there.
     */
    public List<Optional<String>> layerNames(int layer) {
        var names = new ArrayList<Optional<String>>();
        for (String suffix : LAYER_PARAMETERS) {
            String name = "model.layers." + layer + "." + suffix;
            names.add(Optional.of(name).filter(parameters::containsKey));
        }
        return names;
    }

    /** The weights of a layer in the order of {@link #layerNames}. */
    public List<NDArray> layer(int layer) {
        return layerNames(layer).stream()
                .map(name -> name.map(this::parameter).orElse(absent))
                .toList();
    }

    /** Stands for a parameter that the model lacks. */
    public NDArray absent() {
        return absent;
    }

    /** The epsilon of the norms, a scalar. */
    public NDArray epsilon() {
        return epsilon;
    }

    /** The rotary frequencies, {@code [headDim / 2]}. */
    public NDArray frequencies() {
        return frequencies;
    }

    /** Replaces all weights in place. */
    public void set(ParameterReader weights) {
        try (NDManager scratch = manager.newSubManager()) {
            for (Parameter parameter : layout.parameters()) {
                FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(parameter.size()));
                weights.read(parameter, values);
                TensorMemory.write(parameters.get(parameter.name()), values.flip(), scratch);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
