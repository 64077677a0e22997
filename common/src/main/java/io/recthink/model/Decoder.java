package io.recthink.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.TensorLayout.Place;
import io.recthink.model.TensorLayout.Tensor;
import io.recthink.torch.Bfloat16Support;
import io.recthink.torch.Kernels;
import io.recthink.torch.TensorMemory;
import io.recthink.torch.TorchRuntime;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the weights of a language model on a device, in the tensors that the kernels take, with or without an adapter.
 * Several threads may compute with one decoder; {@link #set} and {@link #close} must not run at the same time.
 *
 * <p>A decoder with an adapter shares the frozen weights of its base decoder. The base decoder still computes without
 * the adapter, so the reference of a KL term takes no memory of its own.
 *
 * <p>The manager of the weights owns nothing else: results belong to other managers.
 */
public final class Decoder implements ParameterReader, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Decoder.class);
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final List<Optional<String>> NO_ADAPTER = Collections.nCopies(8, Optional.empty());
    private final ModelConfig config;
    private final ComputeType type;
    private final ParameterLayout layout;
    private final NDManager manager;
    private final TensorLayout tensorLayout;
    private final Optional<LoraLayout> adapterLayout;
    private final Map<String, NDArray> tensors = new HashMap<>();
    private final PackedWeights packed;
    private final NDArray absent;
    private final NDArray epsilon;
    private final NDArray frequencies;

    private Decoder(ModelConfig config, ComputeType type, NDManager manager) {
        this.config = config;
        this.type = type;
        this.layout = ParameterLayout.of(config);
        this.tensorLayout = TensorLayout.of(layout, config.layers());
        this.adapterLayout = Optional.empty();
        this.manager = manager;
        this.absent = manager.zeros(new Shape(0));
        this.epsilon = TensorMemory.numbers(manager).create(config.normEpsilon());
        this.frequencies = manager.create(RotaryFrequencies.of(config));
        for (Tensor tensor : tensorLayout.tensors()) {
            boolean bfloat16 = tensor.kind() != Kind.NORM && type == ComputeType.BFLOAT16;
            tensors.put(tensor.name(), zeros(new Shape(tensor.shape()), bfloat16));
        }
        this.packed = new PackedWeights(packable(), manager);
        manager.cap();
    }

    private Decoder(Decoder base, LoraConfig lora) {
        var adapter = LoraLayout.of(base.config, lora, base.tensorLayout);
        this.config = base.config;
        this.type = base.type;
        this.layout = adapter.parameters();
        this.tensorLayout = base.tensorLayout;
        this.adapterLayout = Optional.of(adapter);
        this.manager = base.manager.newSubManager();
        this.packed = base.packed;
        this.absent = base.absent;
        this.epsilon = base.epsilon;
        this.frequencies = base.frequencies;
        tensors.putAll(base.tensors);
        for (Tensor tensor : adapter.tensors()) {
            tensors.put(tensor.name(), zeros(new Shape(tensor.shape()), type == ComputeType.BFLOAT16));
        }
        manager.cap();
    }

    private NDArray zeros(Shape shape, boolean bfloat16) {
        NDArray zeros = manager.zeros(shape, DataType.FLOAT32);
        if (!bfloat16) {
            return zeros;
        }
        try (zeros) {
            return Kernels.instance().callForTensorWithGradient("to_bfloat16", manager, zeros);
        }
    }

    /** Loads the weights of a model folder. */
    public static Decoder load(ModelFolder folder, ComputeType type, Device device) {
        return of(folder.config(), folder, type, device);
    }

    /**
     * Loads the weights that a source gives, e.g. a {@code ParameterVector}. With {@link ComputeType#BFLOAT16} all
     * weights but the norms are rounded to BF16; sums between the layers and logits stay FP32. A device without BF16
     * instructions computes in FP32, after a warning in the log; {@link #type} returns the type in use.
     */
    public static Decoder of(ModelConfig config, ParameterReader weights, ComputeType type, Device device) {
        TorchRuntime.load();
        NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        try {
            ComputeType computed = typeOn(device, type);
            if (computed != type) {
                LOG.warn("{} has no instructions for BF16; computing in FP32, as with model.dtype float32", device);
            }
            Decoder decoder = new Decoder(config, computed, manager);
            decoder.set(weights);
            return decoder;
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Creates a decoder that computes with the weights of this decoder and an adapter. It lists, sets and learns the
     * parameters of the adapter only. Close it before or with this decoder.
     *
     * @param adapter source of the values of the adapter's parameters
     * @throws IllegalStateException if this decoder has an adapter already
     */
    public Decoder withAdapter(LoraConfig lora, ParameterReader adapter) {
        if (adapterLayout.isPresent()) {
            throw new IllegalStateException("The decoder has an adapter already; use the decoder without an adapter");
        }
        Decoder decoder = new Decoder(this, lora);
        try {
            decoder.set(adapter);
            return decoder;
        } catch (RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    /**
     * Returns the type in which a device computes if {@code asked} is set: FP32 where the device has no BF16
     * instructions.
     */
    public static ComputeType typeOn(Device device, ComputeType asked) {
        return asked == ComputeType.BFLOAT16 && !Bfloat16Support.of(device) ? ComputeType.FLOAT32 : asked;
    }

    public ModelConfig config() {
        return config;
    }

    /** The type of the operands of matrix products. */
    public ComputeType type() {
        return type;
    }

    /**
     * The parameters that can be set and learned, in their order. With an adapter these are the adapter's parameters.
     */
    public ParameterLayout layout() {
        return layout;
    }

    /** Owner of the weights; make sub-managers for everything else. */
    public NDManager manager() {
        return manager;
    }

    /** The places of the model's parameters in the tensors. */
    public TensorLayout tensorLayout() {
        return tensorLayout;
    }

    /** The places of the adapter's parameters in the tensors, if there is an adapter. */
    public Optional<LoraLayout> adapterLayout() {
        return adapterLayout;
    }

    /** Whether a tensor contains learned parameters. Beside an adapter the weights of the model are frozen. */
    public boolean learns(String tensor) {
        return adapterLayout.map(adapter -> adapter.hasTensor(tensor)).orElse(true);
    }

    /** A tensor of the {@link #tensorLayout} or of the {@link #adapterLayout}. */
    public NDArray tensor(String name) {
        return Optional.ofNullable(tensors.get(name))
                .orElseThrow(() -> new IllegalArgumentException("The model has no tensor " + name));
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
     * The names of a layer's tensors in the order in which the kernels take them: the names of
     * {@link TensorLayout#layer}, then the adapter's a and b for each tensor of projections. A name is empty where the
     * tensor does not exist.
     */
    public List<Optional<String>> layerNames(int layer) {
        var names = new ArrayList<>(tensorLayout.layer(layer));
        names.addAll(adapterLayout.map(adapter -> adapter.layer(layer)).orElse(NO_ADAPTER));
        return names;
    }

    /** The tensors of a layer in the order of {@link #layerNames}, {@link #absent} where there is none. */
    public List<NDArray> layer(int layer) {
        return layerNames(layer).stream()
                .map(name -> name.map(this::tensor).orElse(absent))
                .toList();
    }

    /**
     * Whether the processor's BF16 kernels compute few rows. These kernels take packed weights, and keys and values in
     * BF16. In FP32 and on GPUs, weights are not packed, and keys and values are FP32.
     */
    public boolean packsForFewRows() {
        return type == ComputeType.BFLOAT16 && !manager.getDevice().isGpu();
    }

    private Map<String, NDArray> packable() {
        if (!packsForFewRows()) {
            return Map.of();
        }
        Predicate<Tensor> multiplied =
                tensor -> config.tiedHead() || !tensor.name().equals(EMBEDDING);
        return tensorLayout.tensors().stream()
                .filter(tensor -> tensor.kind() == Kind.MATRIX)
                .filter(multiplied)
                .collect(Collectors.toMap(Tensor::name, tensor -> tensor(tensor.name())));
    }

    /**
     * Returns packed copies of the weights of matrix products, by name, with which few rows are multiplied fastest.
     * Weights without a copy, such as an adapter's, are used unpacked. Call {@link #releasePacked} afterwards.
     */
    public Map<String, NDArray> holdPacked() {
        return packed.hold();
    }

    /** Releases the copies of {@link #holdPacked}. */
    public void releasePacked() {
        packed.release();
    }

    /** The tensor without elements, for a tensor that the model lacks. */
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

    /** Replaces all parameters of the {@link #layout} in place. */
    public void set(ParameterReader weights) {
        try (NDManager scratch = manager.newSubManager()) {
            TensorMemory.Writer writer = new TensorMemory.Writer(scratch);
            for (Parameter parameter : layout.parameters()) {
                if (adapterLayout.isPresent()) {
                    FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(parameter.size()));
                    weights.read(parameter, values);
                    LoraLayout.Place place = adapterLayout.get().place(parameter);
                    place.write(tensor(place.tensor()), parameter, values.flip(), scratch);
                } else {
                    Place place = tensorLayout.place(parameter);
                    NDArray tensor = tensor(place.tensor());
                    weights.readPieces(
                            parameter, (first, values) -> writer.write(tensor, place.first() + first, values));
                }
            }
        }
    }

    /** Reads a parameter of the {@link #layout} in its stored precision: rounded with {@link ComputeType#BFLOAT16}. */
    @Override
    public void read(Parameter parameter, FloatBuffer out) {
        try (NDManager scratch = manager.newSubManager()) {
            if (adapterLayout.isPresent()) {
                LoraLayout.Place place = adapterLayout.get().place(parameter);
                place.read(tensor(place.tensor()), parameter, 1 / place.scale(), out, scratch);
            } else {
                Place place = tensorLayout.place(parameter);
                TensorMemory.read(tensor(place.tensor()), place.first(), out, scratch);
            }
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
