package io.recthink.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.TensorLayout.Tensor;
import io.recthink.torch.TensorMemory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lays out an adapter in tensors of a decoder, two tensors beside each tensor of projections. Tensor a
 * {@code [R, input]} has the matrices A of the projections one below the other. Tensor b {@code [output, R]} has the
 * matrices B times the scale, each in the rows of its projection and the columns of its A; it is zero elsewhere. So the
 * adapter adds {@code x a^T b^T} to the projections of x.
 */
public final class LoraLayout {
    private final ParameterLayout parameters;
    private final double scale;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<List<Optional<String>>> layers = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();

    private LoraLayout(ModelConfig config, LoraConfig lora, TensorLayout model) {
        this.parameters = ParameterLayout.of(config, lora);
        this.scale = lora.scale();
        Map<String, Tensor> modelTensors = new HashMap<>();
        model.tensors().forEach(tensor -> modelTensors.put(tensor.name(), tensor));
        for (int layer = 0; layer < config.layers(); layer++) {
            List<Optional<String>> names = new ArrayList<>();
            for (String name : model.projections(layer)) {
                names.addAll(add(modelTensors.get(name), projectionsIn(name, layer, lora, model), layer, lora, model));
            }
            layers.add(List.copyOf(names));
        }
    }

    static LoraLayout of(ModelConfig config, LoraConfig lora, TensorLayout model) {
        return new LoraLayout(config, lora, model);
    }

    private static List<Projection> projectionsIn(String tensor, int layer, LoraConfig lora, TensorLayout model) {
        return lora.projections().stream()
                .filter(projection ->
                        model.place(projection.weightIn(layer)).tensor().equals(tensor))
                .toList();
    }

    private List<Optional<String>> add(
            Tensor weight, List<Projection> projections, int layer, LoraConfig lora, TensorLayout model) {
        if (projections.isEmpty()) {
            return List.of(Optional.empty(), Optional.empty());
        }
        String a = weight.name().replace(".weight", ".lora_a");
        String b = weight.name().replace(".weight", ".lora_b");
        long ranks = (long) projections.size() * lora.rank();
        long output = weight.shape().get(0);
        long input = weight.shape().get(1);
        tensors.put(a, new Tensor(a, List.of(ranks, input), Kind.MATRIX));
        tensors.put(b, new Tensor(b, List.of(output, ranks), Kind.MATRIX));
        for (int i = 0; i < projections.size(); i++) {
            Projection projection = projections.get(i);
            long rank = (long) i * lora.rank();
            long row = model.place(projection.weightIn(layer)).first() / input;
            places.put(ParameterLayout.loraA(projection, layer), new Place(a, rank, 0, 1));
            places.put(ParameterLayout.loraB(projection, layer), new Place(b, row, rank, scale));
        }
        return List.of(Optional.of(a), Optional.of(b));
    }

    /** The parameters of the adapter. */
    public ParameterLayout parameters() {
        return parameters;
    }

    /** All tensors. */
    List<Tensor> tensors() {
        return List.copyOf(tensors.values());
    }

    boolean hasTensor(String name) {
        return tensors.containsKey(name);
    }

    /** The place of a parameter in the tensors. */
    public Place place(Parameter parameter) {
        return places.get(parameter.name());
    }

    /**
     * The names of a layer's tensors: a and b of queries, keys and values; of the output; of gate and up; of down. A
     * name is empty where the adapter does not have the tensor.
     */
    List<Optional<String>> layer(int layer) {
        return layers.get(layer);
    }

    /**
     * The place of a parameter: a block of a tensor.
     *
     * @param tensor name of the tensor
     * @param row the first row of the block
     * @param column the first column of the block
     * @param scale factor of the parameter's values in the tensor
     */
    public record Place(String tensor, long row, long column, double scale) {
        /** Puts the parameter's values into the tensor. */
        void write(NDArray array, Parameter parameter, FloatBuffer values, NDManager scratch) {
            TensorMemory.writeBlock(array, row, column, shape(parameter), scaled(values, scale), scratch);
        }

        /** Reads the parameter's block, times a factor. */
        void read(NDArray array, Parameter parameter, double factor, FloatBuffer out, NDManager scratch) {
            FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(parameter.size()));
            TensorMemory.readBlock(array, row, column, shape(parameter), values, scratch);
            out.put(scaled(values.flip(), factor));
        }

        /** Reads the gradient of the parameter from the gradient of the tensor: d / d B = scale d / d (scale B). */
        public void readGradient(NDArray gradient, Parameter parameter, FloatBuffer out, NDManager scratch) {
            read(gradient, parameter, scale, out, scratch);
        }

        private static Shape shape(Parameter parameter) {
            return new Shape(parameter.shape());
        }

        private static FloatBuffer scaled(FloatBuffer values, double factor) {
            FloatBuffer result = FloatBuffer.allocate(values.remaining());
            while (values.hasRemaining()) {
                result.put((float) (factor * values.get()));
            }
            return result.flip();
        }
    }
}
