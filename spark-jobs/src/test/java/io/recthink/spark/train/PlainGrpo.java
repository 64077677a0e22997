package io.recthink.spark.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.recthink.config.Configuration;
import io.recthink.generate.RolloutSettings;
import io.recthink.model.ModelConfig;
import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterLayout.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Computes the gradient of a GRPO step directly by the formula. The Llama model with a tied head consists of elementary
 * operations. Each sequence is computed alone and whole, with the loss over the full logits. This class shares no code
 * with the kernels, the packing or the backward pass.
 */
final class PlainGrpo {
    private final ModelConfig model;
    private final Configuration configuration;

    PlainGrpo(ModelConfig model, Configuration configuration) {
        this.model = model;
        this.configuration = configuration;
    }

    /** Returns the gradient of the loss over all samples of a step. */
    Map<String, double[]> gradient(Map<String, float[]> weights, List<PlainSample> samples) {
        long tokens =
                samples.stream().mapToLong(sample -> sample.completion().length).sum();
        Map<String, double[]> sum = new TreeMap<>();
        weights.forEach((name, values) -> sum.put(name, new double[values.length]));
        for (PlainSample sample : samples) {
            double share =
                    switch (configuration.get(TrainSettings.class).reduction()) {
                        case SEQUENCE_MEAN -> 1.0 / samples.size() / sample.completion().length;
                        case TOKEN_MEAN -> 1.0 / tokens;
                        case MAX_LENGTH ->
                            1.0
                                    / samples.size()
                                    / configuration.get(RolloutSettings.class).maxTokens();
                    };
            add(sum, gradient(weights, sample, share));
        }
        return sum;
    }

    private static void add(Map<String, double[]> sum, Map<String, float[]> summand) {
        summand.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                sum.get(name)[i] += values[i];
            }
        });
    }

    private Map<String, float[]> gradient(Map<String, float[]> weights, PlainSample sample, double share) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            Map<String, NDArray> parameters = new HashMap<>();
            for (Parameter parameter : ParameterLayout.of(model).parameters()) {
                NDArray array = manager.create(weights.get(parameter.name()), new Shape(parameter.shape()));
                array.setRequiresGradient(true);
                parameters.put(parameter.name(), array);
            }
            collector.backward(loss(parameters, sample, manager).mul(share));
            Map<String, float[]> gradient = new HashMap<>();
            parameters.forEach(
                    (name, array) -> gradient.put(name, array.getGradient().toFloatArray()));
            return gradient;
        }
    }

    /** Returns minus the clipped surrogate and the entropy bonus, summed over the tokens of a completion. */
    private NDArray loss(Map<String, NDArray> parameters, PlainSample sample, NDManager manager) {
        int prompt = sample.prompt().length;
        int length = sample.completion().length;
        int[] sequence = new int[prompt + length];
        System.arraycopy(sample.prompt(), 0, sequence, 0, prompt);
        System.arraycopy(sample.completion(), 0, sequence, prompt, length);
        NDArray logits = logits(parameters, sequence, manager)
                .div(configuration.get(RolloutSettings.class).temperature());
        NDArray chosen = manager.create(sample.completion()).oneHot(model.vocabularySize());
        NDArray all = logits.logSoftmax(-1).get(prompt - 1 + ":" + (prompt + length - 1));
        NDArray logprobs = all.mul(chosen).sum(new int[] {1});
        NDArray entropies = all.exp().mul(all).sum(new int[] {1}).neg();
        NDArray old = manager.create(sample.oldLogprobs()).toType(DataType.FLOAT32, false);
        NDArray ratio = logprobs.sub(old).exp();
        TrainSettings train = configuration.get(TrainSettings.class);
        NDArray clipped = ratio.clip(1 - train.clipLow(), 1 + train.clipHigh());
        float advantage = (float) sample.advantage();
        NDArray surrogate = ratio.mul(advantage).minimum(clipped.mul(advantage));
        return surrogate.add(entropies.mul(train.entropyBonus())).sum().neg();
    }

    /** Returns the next-token logits of every position, [length, vocabulary]. */
    private NDArray logits(Map<String, NDArray> parameters, int[] sequence, NDManager manager) {
        NDArray embedding = parameters.get("model.embed_tokens.weight");
        NDArray x = manager.create(sequence).oneHot(model.vocabularySize()).matMul(embedding);
        for (int layer = 0; layer < model.layers(); layer++) {
            String name = "model.layers." + layer + ".";
            NDArray attended =
                    attention(parameters, name, norm(x, parameters.get(name + "input_layernorm.weight")), manager);
            x = x.add(attended);
            NDArray normed = norm(x, parameters.get(name + "post_attention_layernorm.weight"));
            NDArray gate = linear(normed, parameters.get(name + "mlp.gate_proj.weight"));
            NDArray up = linear(normed, parameters.get(name + "mlp.up_proj.weight"));
            NDArray silu = gate.div(gate.neg().exp().add(1));
            x = x.add(linear(silu.mul(up), parameters.get(name + "mlp.down_proj.weight")));
        }
        return linear(norm(x, parameters.get("model.norm.weight")), embedding);
    }

    private NDArray attention(Map<String, NDArray> parameters, String name, NDArray x, NDManager manager) {
        long length = x.getShape().get(0);
        NDArray query =
                rotate(heads(linear(x, parameters.get(name + "self_attn.q_proj.weight")), model.heads()), manager);
        NDArray key = rotate(
                heads(linear(x, parameters.get(name + "self_attn.k_proj.weight")), model.keyValueHeads()), manager);
        NDArray value = heads(linear(x, parameters.get(name + "self_attn.v_proj.weight")), model.keyValueHeads());
        int copies = model.heads() / model.keyValueHeads();
        NDArray scores = query.matMul(key.repeat(0, copies).transpose(0, 2, 1)).div(Math.sqrt(model.headDim()));
        NDArray positions = manager.arange((int) length).toType(DataType.FLOAT32, false);
        NDArray future =
                positions.reshape(1, length).gt(positions.reshape(length, 1)).toType(DataType.FLOAT32, false);
        NDArray weights = scores.add(future.mul(-1e9)).softmax(-1);
        NDArray mixed =
                weights.matMul(value.repeat(0, copies)).transpose(1, 0, 2).reshape(length, -1);
        return linear(mixed, parameters.get(name + "self_attn.o_proj.weight"));
    }

    /** Converts [length, heads * headDim] to [heads, length, headDim]. */
    private NDArray heads(NDArray x, int heads) {
        return x.reshape(x.getShape().get(0), heads, model.headDim()).transpose(1, 0, 2);
    }

    /** Applies rotary positions; the halves of a head are the two coordinates. */
    private NDArray rotate(NDArray x, NDManager manager) {
        int length = (int) x.getShape().get(1);
        int half = model.headDim() / 2;
        float[] angles = new float[length * half];
        for (int position = 0; position < length; position++) {
            for (int i = 0; i < half; i++) {
                angles[position * half + i] =
                        (float) (position * Math.pow(model.ropeTheta(), -2.0 * i / model.headDim()));
            }
        }
        NDArray angle = manager.create(angles, new Shape(1, length, half));
        NDArray first = x.get(":,:,:" + half);
        NDArray second = x.get(":,:," + half + ":");
        return NDArrays.concat(
                new NDList(
                        first.mul(angle.cos()).sub(second.mul(angle.sin())),
                        second.mul(angle.cos()).add(first.mul(angle.sin()))),
                2);
    }

    private NDArray norm(NDArray x, NDArray weight) {
        NDArray meanSquare = x.mul(x).mean(new int[] {1}, true);
        return x.div(meanSquare.add(model.normEpsilon()).sqrt()).mul(weight);
    }

    private static NDArray linear(NDArray x, NDArray weight) {
        return x.matMul(weight.transpose());
    }
}
