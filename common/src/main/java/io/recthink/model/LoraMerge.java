package io.recthink.model;

import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Merges an adapter into the parameters of a model, which then computes alone the results of model and adapter:
 * {@code W + scale B A}, summed in double precision and rounded to FP32 once.
 */
public final class LoraMerge implements ParameterReader {
    private final ParameterReader base;
    private final LoraConfig lora;
    private final ParameterReader adapter;
    private final Map<String, Factors> factors = new HashMap<>(); // by the name of the weight that changes

    private record Factors(Parameter a, Parameter b) {}

    /**
     * @param config configuration of the model
     * @param base source of the model's parameters
     * @param adapter source of the adapter's parameters
     */
    public LoraMerge(ModelConfig config, ParameterReader base, LoraConfig lora, ParameterReader adapter) {
        this.base = base;
        this.lora = lora;
        this.adapter = adapter;
        ParameterLayout layout = ParameterLayout.of(config, lora);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (Projection projection : lora.projections()) {
                Parameter a = layout.parameter(ParameterLayout.loraA(projection, layer));
                Parameter b = layout.parameter(ParameterLayout.loraB(projection, layer));
                factors.put(projection.weightIn(layer), new Factors(a, b));
            }
        }
    }

    @Override
    public void read(Parameter parameter, FloatBuffer out) {
        Factors change = factors.get(parameter.name());
        if (change == null) {
            base.read(parameter, out);
        } else {
            out.put(sum(values(base, parameter), values(adapter, change.a), values(adapter, change.b)));
        }
    }

    private static float[] values(ParameterReader reader, Parameter parameter) {
        var values = new float[Math.toIntExact(parameter.size())];
        reader.read(parameter, FloatBuffer.wrap(values));
        return values;
    }

    /** weight [output, input] + scale b [output, rank] a [rank, input], in place. */
    private float[] sum(float[] weight, float[] a, float[] b) {
        int input = a.length / lora.rank();
        IntStream.range(0, weight.length / input).parallel().forEach(row -> {
            var sums = new double[input];
            for (int i = 0; i < input; i++) {
                sums[i] = weight[row * input + i];
            }
            for (int k = 0; k < lora.rank(); k++) {
                double factor = lora.scale() * b[row * lora.rank() + k];
                for (int i = 0; i < input; i++) {
                    sums[i] += factor * a[k * input + i];
                }
            }
            for (int i = 0; i < input; i++) {
                weight[row * input + i] = (float) sums[i];
            }
        });
        return weight;
    }
}
