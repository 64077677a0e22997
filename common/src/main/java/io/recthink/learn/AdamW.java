package io.recthink.learn;

import io.recthink.InvalidInputException;
import io.recthink.model.ElementType;
import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.SafetensorsReader;
import io.recthink.model.SafetensorsWriter;
import io.recthink.model.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Updates FP32 master weights by AdamW (Loshchilov and Hutter 2019, algorithm 2), with bias correction and decoupled
 * weight decay on every parameter. A step first clips the gradient by its global norm. All processors take part; the
 * result depends on the inputs alone, to the bit.
 */
public final class AdamW {
    /** Bytes of a parameter that stay from step to step: its master weight and both moments, in FP32. */
    public static final int BYTES_KEPT = 3 * Float.BYTES;

    /**
     * Bytes a parameter that a step moves: the step reads {@link #BYTES_KEPT} and the gradient, and writes
     * {@link #BYTES_KEPT}.
     */
    public static final int BYTES_MOVED = 2 * BYTES_KEPT + Float.BYTES;

    private static final List<String> VECTORS = List.of("master", "m", "v");
    private static final String STEP = "step";
    // torch.nn.utils.clip_grad_norm_ adds this to the norm.
    private static final double NORM_EPSILON = 1e-6;

    private final OptimizerSettings settings;
    private final ParameterVector master;
    private final ParameterVector m;
    private final ParameterVector v;
    private int step;

    private AdamW(OptimizerSettings settings, ParameterVector master, ParameterVector m, ParameterVector v, int step) {
        this.settings = settings;
        this.master = master;
        this.m = m;
        this.v = v;
        this.step = step;
    }

    /** Starts an optimizer that takes over {@code weights} and changes them in place. */
    public static AdamW start(OptimizerSettings settings, ParameterVector weights) {
        ParameterLayout layout = weights.layout();
        return new AdamW(settings, weights, ParameterVector.zeros(layout), ParameterVector.zeros(layout), 0);
    }

    /**
     * Loads a state that {@link #save} has written.
     *
     * @throws InvalidInputException if the file is not the state of an optimizer of this layout
     */
    public static AdamW load(OptimizerSettings settings, ParameterLayout layout, Path file) {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return new AdamW(
                    settings,
                    read(reader, file, "master", layout),
                    read(reader, file, "m", layout),
                    read(reader, file, "v", layout),
                    Math.toIntExact(reader.readLong(STEP)));
        }
    }

    /** Writes master weights, moments and step as {@code master.NAME}, {@code m.NAME}, {@code v.NAME}, {@code step}. */
    public void save(Path file) {
        ParameterLayout layout = master.layout();
        var tensors = new ArrayList<TensorInfo>();
        for (String vector : VECTORS) {
            for (Parameter parameter : layout.parameters()) {
                tensors.add(new TensorInfo(vector + "." + parameter.name(), ElementType.F32, parameter.shape()));
            }
        }
        tensors.add(new TensorInfo(STEP, ElementType.I64, List.of()));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, Map.of(), tensors)) {
            for (ParameterVector vector : List.of(master, m, v)) {
                for (int chunk = 0; chunk < vector.chunkCount(); chunk++) {
                    writer.write(FloatBuffer.wrap(vector.chunk(chunk)));
                }
            }
            writer.write((long) step);
        }
    }

    /** The weights, updated in place by {@link #step}. */
    public ParameterVector master() {
        return master;
    }

    /** Steps done so far. */
    public int stepsDone() {
        return step;
    }

    /**
     * Makes one step.
     *
     * @param gradient gradient of the loss by the weights; not changed
     * @return the norm of the gradient before clipping
     * @throws IllegalArgumentException if the gradient is not finite
     */
    public double step(ParameterVector gradient, double learningRate) {
        double norm = gradient.norm();
        if (!Double.isFinite(norm)) {
            throw new IllegalArgumentException("the gradient of step " + (step + 1) + " is not finite (its norm is "
                    + norm + "); lower the learning rate");
        }
        step++;
        float clip = (float) Math.min(1, settings.maxGradNorm() / (norm + NORM_EPSILON));
        double correction1 = 1 - Math.pow(settings.beta1(), step);
        double correction2 = Math.sqrt(1 - Math.pow(settings.beta2(), step));
        var update = new Update(
                clip,
                (float) settings.beta1(),
                (float) (1 - settings.beta1()),
                (float) settings.beta2(),
                (float) (1 - settings.beta2()),
                (float) (1 - learningRate * settings.weightDecay()),
                (float) (learningRate / correction1),
                (float) correction2,
                (float) settings.epsilon());
        IntStream.range(0, master.chunkCount())
                .parallel()
                .forEach(chunk ->
                        update.apply(master.chunk(chunk), m.chunk(chunk), v.chunk(chunk), gradient.chunk(chunk)));
        return norm;
    }

    /** The constants of one step. */
    private record Update(
            float clip,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float decay,
            float rate,
            float correction2,
            float epsilon) {
        void apply(float[] weights, float[] first, float[] second, float[] gradient) {
            for (int i = 0; i < weights.length; i++) {
                float g = clip * gradient[i];
                float m = beta1 * first[i] + rest1 * g;
                float v = beta2 * second[i] + rest2 * g * g;
                first[i] = m;
                second[i] = v;
                weights[i] = decay * weights[i] - rate * m / ((float) Math.sqrt(v) / correction2 + epsilon);
            }
        }
    }

    private static ParameterVector read(SafetensorsReader reader, Path file, String vector, ParameterLayout layout) {
        for (Parameter parameter : layout.parameters()) {
            String name = vector + "." + parameter.name();
            List<Long> shape = reader.find(name).map(TensorInfo::shape).orElse(List.of());
            if (!shape.equals(parameter.shape())) {
                throw new InvalidInputException(file + ": " + name + " must have shape " + parameter.shape() + " (was "
                        + shape + "); it is not the optimizer of this model");
            }
        }
        return ParameterVector.read(layout, (parameter, out) -> reader.read(vector + "." + parameter.name(), out));
    }
}
