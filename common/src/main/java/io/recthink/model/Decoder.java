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
 * The weights of a language model on a device, as the kernels take them, alone or with an adapter beside them. Several
 * threads may compute with one decoder; {@link #set} and {@link #close} must not run while they do.
 *
 * <p>A decoder with an adapter shares the frozen weights of the one that it was made of, which goes on computing without
 * the adapter: the reference of a KL term takes no memory of its own.
 *
 * <p>The manager of the weights takes nothing else: results belong to managers of their own.
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
            return Kernels.instance()
                    .callWithGradient("to_bfloat16", manager, zeros)
                    .singletonOrThrow();
        }
    }

    /** The weights of a model folder. */
    public static Decoder load(ModelFolder folder, ComputeType type, Device device) {
        return of(folder.config(), folder, type, device);
    }

    /**
     * The weights that a source gives, e.g. a {@code ParameterVector}. With {@link ComputeType#BFLOAT16} all but the
     * norms are rounded to BF16; the sums between the layers and the logits stay FP32. On a device that has no
     * instructions for it, it is FP32 after a warning in the log; {@link #type} tells.
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
     * A decoder that computes with the weights of this one and an adapter. The parameters that it lists, sets and learns
     * are those of the adapter. It is closed before or with this one.
     *
     * @param adapter where the values of the adapter's parameters come from
     * @throws IllegalStateException if this decoder has an adapter already
     */
    public Decoder withAdapter(LoraConfig lora, ParameterReader adapter) {
        if (adapterLayout.isPresent()) {
            throw new IllegalStateException("The decoder has an adapter already; take the one that it was made of");
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

    /** What a device computes in when it is asked for a type: FP32 where it has no instructions for that one. */
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

    /** The parameters that can be set and learnt, in their order: those of the adapter where there is one. */
    public ParameterLayout layout() {
        return layout;
    }

    /** Owner of the weights; make sub-managers for everything else. */
    public NDManager manager() {
        return manager;
    }

    /** Where the parameters of the model lie in the tensors. */
    public TensorLayout tensorLayout() {
        return tensorLayout;
    }

    /** Where the parameters of the adapter lie in the tensors, if there is one. */
    public Optional<LoraLayout> adapterLayout() {
        return adapterLayout;
    }

    /** Whether a tensor holds parameters that are learnt: beside an adapter the weights of the model are frozen. */
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
     * The names of a layer's tensors in the order in which the kernels take them: those of {@link TensorLayout#layer}, then
     * those of the adapter, a and b of each tensor of projections. Empty where there is no such tensor.
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
     * Whether few rows are computed by the kernels that processors have for BF16: they take packed weights, and keys and
     * values in BF16. In FP32 and on GPUs weights are taken as they are, keys and values in FP32.
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
     * The weights of matrix products, by name, as few rows are multiplied with them fastest; those that are not there take
     * part as they are. Not those of an adapter. {@link #releasePacked} ends it.
     */
    public Map<String, NDArray> holdPacked() {
        return packed.hold();
    }

    /** Gives back what {@link #holdPacked} gave. */
    public void releasePacked() {
        packed.release();
    }

    /** Stands for a tensor that the model lacks. */
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

    /** A parameter of the {@link #layout} as it is held, so with {@link ComputeType#BFLOAT16} rounded. */
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
