package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.Fixtures;
import io.recthink.TestDevice;
import io.recthink.model.AdapterFolder;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.LoraConfig;
import io.recthink.model.LoraInitializer;
import io.recthink.model.LoraMerge;
import io.recthink.model.ParameterLayout;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.model.ParameterReader;
import io.recthink.model.Projection;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model with an adapter beside it: against PEFT's numbers, against the merged model, against the model alone. */
class LoraTest {
    static final List<String> MODELS = Fixtures.MODELS;

    static final List<EnumSet<Projection>> SUBSETS = List.of(
            EnumSet.of(Projection.QUERY, Projection.VALUE),
            EnumSet.of(Projection.KEY, Projection.OUTPUT, Projection.UP),
            EnumSet.of(Projection.DOWN),
            EnumSet.allOf(Projection.class));

    @ParameterizedTest
    @FieldSource("MODELS")
    void logprobsAreThoseOfPeft(String name) {
        try (GoldenModel model = new GoldenModel(name)) {
            List<float[]> logprobs = logprobs(model, model.adapted());
            for (int i = 0; i < logprobs.size(); i++) {
                float[] expected = GoldenModel.floats(
                        model.json().get("lora").get("logprobs").get(i));
                assertThat(logprobs.get(i)).containsExactly(expected, Offset.offset(1e-4f));
            }
        }
    }

    static Stream<Arguments> modelsWithAndWithoutRecomputing() {
        return MODELS.stream().flatMap(name -> Stream.of(true, false).map(recompute -> Arguments.of(name, recompute)));
    }

    @ParameterizedTest
    @MethodSource("modelsWithAndWithoutRecomputing")
    void gradientIsThatOfPeft(String name, boolean recompute) {
        try (GoldenModel model = new GoldenModel(name);
                var computation = new GradientComputation(model.adapted(), model.grpo("sequence-mean"), recompute)) {
            computation.add(List.of(model.grpoGroup("sequence-mean")));
            double loss = model.json().get("lora").get("loss").doubleValue();
            assertThat(computation.statistics().loss()).isCloseTo(loss, within(1e-5));
            ParameterVector gradient = computation.gradient();
            assertThat(gradient.layout().parameters()).hasSize(28);
            assertThat(model.worstRelativeError(gradient, "lora")).isLessThan(1e-4);
        }
    }

    /** With W' = W + s B A: dL/dA = s B^T dL/dW' and dL/dB = s dL/dW' A^T. */
    @ParameterizedTest
    @FieldSource("SUBSETS")
    void gradientFollowsFromThatOfTheMergedModel(EnumSet<Projection> projections) {
        var lora = new LoraConfig(3, 5, true, projections);
        try (GoldenModel model = new GoldenModel("qwen2");
                Decoder adapted = model.decoder().withAdapter(lora, normal(4));
                Decoder merged = merged(model, lora, normal(4))) {
            ParameterVector actual = supervisedGradient(model, adapted);
            ParameterVector full = supervisedGradient(model, merged);
            ParameterLayout base = model.decoder().layout();
            ParameterVector values = ParameterVector.read(actual.layout(), normal(4));
            List<Parameter> parameters = actual.layout().parameters();
            for (int i = 0; i < parameters.size(); i += 2) {
                String module = parameters.get(i).name().replace(".lora_A.weight", ".weight");
                float[] change = GoldenModel.values(full, base.parameter(module));
                float[] a = GoldenModel.values(values, parameters.get(i));
                float[] b = GoldenModel.values(values, parameters.get(i + 1));
                float[] byA = GoldenModel.values(actual, parameters.get(i));
                float[] byB = GoldenModel.values(actual, parameters.get(i + 1));
                assertThat(GoldenModel.relativeError(byA, byA(change, b, lora))).isLessThan(1e-4);
                assertThat(GoldenModel.relativeError(byB, byB(change, a, lora))).isLessThan(1e-4);
            }
        }
    }

    @Test
    void noGradientOfAFrozenWeightIsComputed() {
        var lora = new LoraConfig(2, 8, false, EnumSet.of(Projection.VALUE, Projection.DOWN));
        try (GoldenModel model = new GoldenModel("qwen3");
                Decoder adapted = model.decoder().withAdapter(lora, normal(1));
                var computation = new GradientComputation(adapted, model.supervised())) {
            computation.add(List.of(model.supervisedGroup()));
            assertThat(computation.differentiated()).hasSize(2 * 2 * 2).allMatch(name -> name.contains(".lora_"));
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void mergedModelComputesTheSame(String name) {
        try (GoldenModel model = new GoldenModel(name);
                AdapterFolder adapter = model.adapter();
                Decoder merged = merged(model, adapter.config(), adapter)) {
            assertSame(logprobs(model, merged), logprobs(model, model.adapted()), 1e-5f);
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void modelWithoutTheAdapterStaysTheSameToTheBit(String name) {
        try (GoldenModel model = new GoldenModel(name)) {
            List<float[]> before = logprobs(model, model.decoder());
            Decoder adapted = model.adapted();
            assertThat(logprobs(model, adapted).get(0)).isNotEqualTo(before.get(0));
            supervisedGradient(model, adapted);
            assertSame(logprobs(model, model.decoder()), before, 0);
            adapted.close();
            assertSame(logprobs(model, model.decoder()), before, 0);
        }
    }

    @Test
    void newAdapterChangesNothingToTheBit() {
        var lora = new LoraConfig(3, 5, false, EnumSet.allOf(Projection.class));
        try (GoldenModel model = new GoldenModel("qwen3");
                Decoder adapted = model.decoder().withAdapter(lora, new LoraInitializer(1))) {
            assertSame(logprobs(model, adapted), logprobs(model, model.decoder()), 0);
        }
    }

    @Test
    void holdsTheAdapterItIsGivenAndTheOneSetLater() {
        // the scale is a power of two, so it can be multiplied in and divided out exactly
        var lora = new LoraConfig(2, 8, false, EnumSet.of(Projection.QUERY, Projection.VALUE, Projection.UP));
        try (GoldenModel model = new GoldenModel("llama");
                Decoder adapted = model.decoder().withAdapter(lora, normal(1))) {
            assertHolds(adapted, normal(1));
            List<float[]> first = logprobs(model, adapted);
            adapted.set(normal(2));
            assertHolds(adapted, normal(2));
            assertThat(logprobs(model, adapted).get(0)).isNotEqualTo(first.get(0));
            adapted.set(normal(1));
            assertSame(logprobs(model, adapted), first, 0);
        }
    }

    @Test
    void takesOneAdapterAtATime() {
        var lora = new LoraConfig(2, 8, false, EnumSet.of(Projection.QUERY));
        try (GoldenModel model = new GoldenModel("llama");
                Decoder adapted = model.decoder().withAdapter(lora, normal(1))) {
            assertThatThrownBy(() -> adapted.withAdapter(lora, normal(2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has an adapter already");
        }
    }

    @Test
    void learnsFromASmallStart() {
        var lora = new LoraConfig(4, 8, false, EnumSet.of(Projection.QUERY, Projection.VALUE));
        try (GoldenModel model = new GoldenModel("llama3");
                Decoder adapted = model.decoder().withAdapter(lora, new LoraInitializer(1))) {
            var settings = new OptimizerSettings(1e-2, Schedule.CONSTANT, 0, 1, 0.9, 0.999, 1e-8, 0, 1);
            AdamW optimizer = AdamW.start(settings, ParameterVector.read(adapted.layout(), new LoraInitializer(1)));
            double first = supervisedLoss(model, adapted);
            for (int step = 0; step < 10; step++) {
                optimizer.step(supervisedGradient(model, adapted), 1e-2);
                adapted.set(optimizer.master());
            }
            assertThat(supervisedLoss(model, adapted)).isLessThan(first - 0.3);
        }
    }

    private static Decoder merged(GoldenModel model, LoraConfig lora, ParameterReader adapter) {
        var merge = new LoraMerge(model.folder().config(), model.folder(), lora, adapter);
        return Decoder.of(model.folder().config(), merge, ComputeType.FLOAT32, TestDevice.get());
    }

    private static List<float[]> logprobs(GoldenModel model, Decoder decoder) {
        return LogProbabilities.of(decoder, List.of(model.grpoGroup("token-mean")), 1)
                .get(0);
    }

    private static ParameterVector supervisedGradient(GoldenModel model, Decoder decoder) {
        try (var computation = new GradientComputation(decoder, model.supervised())) {
            computation.add(List.of(model.supervisedGroup()));
            return computation.gradient();
        }
    }

    private static double supervisedLoss(GoldenModel model, Decoder decoder) {
        try (var computation = new GradientComputation(decoder, model.supervised())) {
            computation.add(List.of(model.supervisedGroup()));
            return computation.statistics().loss();
        }
    }

    /** Random values, the same for the same seed in whatever order. */
    private static ParameterReader normal(long seed) {
        return (parameter, out) -> {
            var random = new Random(seed + 31 * parameter.offset());
            for (long i = 0; i < parameter.size(); i++) {
                out.put((float) (0.1 * random.nextGaussian()));
            }
        };
    }

    private static float[] byA(float[] change, float[] b, LoraConfig lora) {
        int rank = lora.rank();
        int output = b.length / rank;
        int input = change.length / output;
        var result = new float[rank * input];
        for (int k = 0; k < rank; k++) {
            for (int i = 0; i < input; i++) {
                double sum = 0;
                for (int o = 0; o < output; o++) {
                    sum += (double) b[o * rank + k] * change[o * input + i];
                }
                result[k * input + i] = (float) (lora.scale() * sum);
            }
        }
        return result;
    }

    private static float[] byB(float[] change, float[] a, LoraConfig lora) {
        int rank = lora.rank();
        int input = a.length / rank;
        int output = change.length / input;
        var result = new float[output * rank];
        for (int o = 0; o < output; o++) {
            for (int k = 0; k < rank; k++) {
                double sum = 0;
                for (int i = 0; i < input; i++) {
                    sum += (double) change[o * input + i] * a[k * input + i];
                }
                result[o * rank + k] = (float) (lora.scale() * sum);
            }
        }
        return result;
    }

    private static void assertSame(List<float[]> actual, List<float[]> expected, float tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).containsExactly(expected.get(i), Offset.offset(tolerance));
        }
    }

    private static void assertHolds(Decoder decoder, ParameterReader expected) {
        for (Parameter parameter : decoder.layout().parameters()) {
            ParameterVector given = ParameterVector.read(decoder.layout(), expected);
            ParameterVector held = ParameterVector.read(decoder.layout(), decoder);
            assertThat(GoldenModel.values(held, parameter)).containsExactly(GoldenModel.values(given, parameter));
        }
    }
}
