package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.torch.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers that transformers and torch compute for the same weights and tokens. */
class GoldenNumbersTest {
    static final List<String> MODELS = Fixtures.MODELS;

    // AdamW divides a gradient by its own magnitude. Where that is a rounding error, so is the direction of the step.
    private static final float ROUNDING = 2e-5f;
    // What the gradient of a tensor may differ by in its own test, of its root mean square: sums of FP32 numbers do.
    // A step of AdamW changes by the learning rate where the gradient does by its own size.
    private static final double GRADIENT_ERROR = 1e-4;
    private static final int STEPS = 3;

    static Stream<Arguments> grpoCases() {
        return MODELS.stream().flatMap(model -> Stream.of("sequence-mean", "token-mean", "sequence-mean-kl")
                .map(reduction -> Arguments.of(model, reduction)));
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void logitsOfPromptAndCompletion(String name) {
        try (GoldenModel model = new GoldenModel(name);
                NDManager scratch = model.decoder().manager().newSubManager()) {
            int[] prompt = model.prompt();
            // the last token of a completion is only predicted; a further one makes it an input
            int[] completion = Arrays.copyOf(model.completion(1), model.completion(1).length + 1);
            var group = new Group(prompt, List.of(LearningCompletion.supervised(completion)));
            PackedBatch batch = PackedBatch.of(List.of(group), model.decoder());
            var forward = new PackedForward(model.decoder(), batch, scratch);
            NDArray hidden = forward.embed(scratch);
            for (int layer = 0; layer < model.decoder().config().layers(); layer++) {
                hidden = forward.layer(scratch, hidden, model.decoder().layer(layer));
            }
            NDArray norm = model.decoder().tensor(model.decoder().finalNormName());
            NDArray head = model.decoder().tensor(model.decoder().headName());
            NDArray absent = model.decoder().absent();
            hidden = forward.normalize(scratch, hidden, norm);
            NDArray logits = Kernels.instance().call("project", scratch, hidden, head, absent);
            assertThat(logits.toFloatArray()).containsExactly(model.tensor("logits"), Offset.offset(1e-4f));
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void logprobsOfAGroup(String name) {
        try (GoldenModel model = new GoldenModel(name)) {
            Group group = model.grpoGroup("token-mean");
            List<float[]> logprobs =
                    LogProbabilities.of(model.decoder(), List.of(group), 1).get(0);
            for (int i = 0; i < logprobs.size(); i++) {
                float[] expected =
                        GoldenModel.floats(model.json().get("logprobs").get(i));
                assertThat(logprobs.get(i)).containsExactly(expected, Offset.offset(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void entropies(String name) {
        try (GoldenModel model = new GoldenModel(name)) {
            for (int row = 0; row < 4; row++) {
                var group = new Group(model.prompt(), List.of(LearningCompletion.supervised(model.completion(row))));
                try (var computation = new GradientComputation(model.decoder(), model.supervised())) {
                    computation.add(List.of(group));
                    double expected = 0;
                    for (JsonNode entropy : model.json().get("entropy").get(row)) {
                        expected += entropy.doubleValue();
                    }
                    double tokens = model.completion(row).length;
                    assertThat(computation.statistics().entropySum() / tokens)
                            .isCloseTo(expected / tokens, within(1e-5));
                }
            }
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void supervisedGradient(String name) {
        try (GoldenModel model = new GoldenModel(name);
                var computation = new GradientComputation(model.decoder(), model.supervised())) {
            computation.add(List.of(model.supervisedGroup()));
            double loss = model.json().get("sft").get("loss").doubleValue();
            assertThat(computation.statistics().loss()).isCloseTo(loss, within(1e-5));
            assertThat(model.worstRelativeError(computation.gradient(), "sft")).isLessThan(1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("grpoCases")
    void grpoGradient(String name, String grpoCase) {
        try (GoldenModel model = new GoldenModel(name);
                var computation = new GradientComputation(model.decoder(), model.grpo(grpoCase))) {
            computation.add(List.of(model.grpoGroup(grpoCase)));
            JsonNode expected = model.json().get("grpo").get("cases").get(grpoCase);
            ParameterVector gradient = computation.gradient();
            assertThat(computation.statistics().loss())
                    .isCloseTo(expected.get("loss").doubleValue(), within(1e-5));
            assertThat(gradient.norm()).isCloseTo(expected.get("gradNorm").doubleValue(), within(1e-4));
            assertThat(model.worstRelativeError(gradient, "grpo." + grpoCase)).isLessThan(1e-4);
            assertThat(computation.statistics().clippedTokens()).isPositive();
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void weightsAfterThreeStepsOfAdamW(String name) {
        try (GoldenModel model = new GoldenModel(name)) {
            JsonNode golden = model.json().get("adamw");
            double rate = golden.get("lr").doubleValue();
            AdamW optimizer = AdamW.start(
                    optimizer(golden), ParameterVector.read(model.decoder().layout(), model.folder()));
            for (JsonNode loss : golden.get("losses")) {
                try (var computation = new GradientComputation(model.decoder(), model.supervised())) {
                    computation.add(List.of(model.supervisedGroup()));
                    assertThat(computation.statistics().loss()).isCloseTo(loss.doubleValue(), within(1e-4));
                    optimizer.step(computation.gradient(), rate);
                }
                model.decoder().set(optimizer.master());
            }
            assertThat(golden.get("losses")).hasSize(STEPS);
            assertWeights(model, optimizer.master(), rate);
        }
    }

    private static void assertWeights(GoldenModel model, ParameterVector weights, double rate) {
        int compared = 0;
        for (Parameter parameter : model.decoder().layout().parameters()) {
            float[] actual = GoldenModel.values(weights, parameter);
            float[] expected = model.tensor("adamw." + parameter.name());
            float[] gradient = model.tensor("sft." + parameter.name());
            double error = GRADIENT_ERROR * rootMeanSquare(gradient);
            for (int i = 0; i < actual.length; i++) {
                float size = Math.abs(gradient[i]);
                if (size == 0 || size > ROUNDING) {
                    float ofTheGradient = size == 0 ? 0 : (float) (STEPS * rate * error / size);
                    assertThat(actual[i])
                            .as(parameter.name())
                            .isCloseTo(expected[i], Offset.offset(1e-5f + ofTheGradient));
                    compared++;
                }
            }
        }
        assertThat((double) compared / weights.size()).isGreaterThan(0.98);
    }

    private static double rootMeanSquare(float[] values) {
        return Math.sqrt(IntStream.range(0, values.length)
                .mapToDouble(i -> (double) values[i] * values[i])
                .average()
                .orElseThrow());
    }

    private static OptimizerSettings optimizer(JsonNode golden) {
        return new OptimizerSettings(
                golden.get("lr").doubleValue(),
                Schedule.CONSTANT,
                0,
                1,
                golden.get("betas").get(0).doubleValue(),
                golden.get("betas").get(1).doubleValue(),
                golden.get("eps").doubleValue(),
                golden.get("weightDecay").doubleValue(),
                golden.get("clipNorm").doubleValue());
    }
}
