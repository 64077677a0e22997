package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.Seeds;
import io.recthink.TestDevice;
import io.recthink.model.SafetensorsReader;
import io.recthink.torch.Kernels;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sampled tokens against the logits that transformers computed. */
class SamplingTest {
    private static final int VOCABULARY = 320;
    private static final int SAMPLES = 20_000;
    private static final double UNLIKELY = 1e-3;

    @ParameterizedTest
    @ValueSource(doubles = {1, 0.25})
    void samplesTokensByTheirProbabilityAtTheTemperature(double temperature) {
        double[] expected = probabilities("qwen3", temperature);
        assertFollows(expected, sampled("qwen3", temperature, 1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.9, 0.3, 1e-9})
    void samplesOnlyTheLikeliestTokensThatReachTopP(double topP) {
        double[] all = probabilities("qwen3", 0.25);
        double[] nucleus = nucleus(all, topP);
        assertThat(Arrays.stream(nucleus).filter(p -> p > 0).count()).isBetween(1L, VOCABULARY - 1L);
        List<Completion> completions = sampled("qwen3", 0.25, topP);
        assertFollows(nucleus, completions);
        for (Completion completion : completions) {
            assertThat(completion.logprobs()[0])
                    .isCloseTo((float) Math.log(all[completion.tokens()[0]]), Offset.offset(1e-4f));
        }
    }

    @Test
    void drawsEachTokenWithTheNumberForItsPlace() {
        try (TestModel model = TestModel.fixture("llama")) {
            model.decoder().set((parameter, out) -> out.put(new float[(int) parameter.size()]));
            Completion completion = model.generator()
                    .generate(
                            List.of(new PromptTokens(new int[] {5}, new long[] {99})),
                            new SamplingOptions(70, 1, 1, List.of(), true))
                    .get(0)
                    .get(0);
            // without weights every token is equally likely
            assertThat(completion.tokens())
                    .containsExactly(IntStream.range(0, 70)
                            .map(place -> (int) (VOCABULARY * Seeds.uniform(99, place)))
                            .toArray());
        }
    }

    @Test
    void takesTheTokenWhoseCumulativeProbabilityPassesTheNumber() {
        float[] logits = logarithms(0.1, 0, 0.4, 0.5, 0);
        assertThat(draw(logits, 1, 1, 0)).isEqualTo(0);
        assertThat(draw(logits, 1, 1, 0.0999)).isEqualTo(0);
        assertThat(draw(logits, 1, 1, 0.1001)).isEqualTo(2);
        assertThat(draw(logits, 1, 1, 0.4999)).isEqualTo(2);
        assertThat(draw(logits, 1, 1, 0.5001)).isEqualTo(3);
        assertThat(draw(logits, 1, 1, 1 - 0x1p-52)).isEqualTo(3);
        assertThat(draw(logits, 1, 0.85, 0)).isEqualTo(2);
        assertThat(draw(logits, 1, 0.85, 0.45)).isEqualTo(3);
        assertThat(draw(logits, 1, 0.45, 0)).isEqualTo(3);
        assertThat(draw(logits, 0, 1, 0)).isEqualTo(3);
    }

    @Test
    void neverTakesATokenWithoutProbability() {
        assertThat(draw(logarithms(0, 0.4, 0.6), 1, 1, 0)).isEqualTo(1);
        assertThat(draw(logarithms(0.4, 0.6, 0), 1, 1, 1 - 0x1p-52)).isEqualTo(1);
    }

    @Test
    void findsTheNucleusAmongMoreTokensThanAreSortedAtFirst() {
        Random random = new Random(1);
        double[] weights = random.doubles(5000, 0.5, 1.5).toArray();
        double sum = Arrays.stream(weights).sum();
        float[] logits = logarithms(Arrays.stream(weights).map(w -> w / sum).toArray());
        double[] nucleus = nucleus(softmax(logits, 1), 0.7);
        assertThat(Arrays.stream(nucleus).filter(p -> p > 0).count()).isGreaterThan(256);
        for (int i = 0; i < 200; i++) {
            double number = random.nextDouble();
            double below = number - 1e-4;
            double above = number + 1e-4;
            assertThat(draw(logits, 1, 0.7, number)).isBetween(inverse(nucleus, below), inverse(nucleus, above));
        }
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertRefused("maxTokens must be at least 1 (was 0)", 0, 1, 1, List.of());
        assertRefused("temperature must be 0 or more (was -0.1)", 1, -0.1, 1, List.of());
        assertRefused("temperature must be 0 or more (was NaN)", 1, Double.NaN, 1, List.of());
        assertRefused("topP must be above 0 and at most 1 (was 0.0)", 1, 1, 0, List.of());
        assertRefused("topP must be above 0 and at most 1 (was 1.5)", 1, 1, 1.5, List.of());
        assertRefused("no stop string may be empty (was [])", 1, 1, 1, List.of(""));
        assertThatThrownBy(() -> new PromptTokens(new int[0], new long[1])).isInstanceOf(InvalidInputException.class);
    }

    private static void assertRefused(
            String message, int maxTokens, double temperature, double topP, List<String> stopStrings) {
        assertThatThrownBy(() -> new SamplingOptions(maxTokens, temperature, topP, stopStrings, false))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(message);
    }

    private static List<Completion> sampled(String name, double temperature, double topP) {
        long[] seeds = LongStream.range(0, SAMPLES)
                .map(sample -> Seeds.of(11, 0, "row", (int) sample))
                .toArray();
        try (TestModel model = TestModel.fixture(name)) {
            return model.generator()
                    .generate(
                            List.of(new PromptTokens(prompt(name), seeds)),
                            new SamplingOptions(1, temperature, topP, List.of(), true))
                    .get(0);
        }
    }

    /** Tokens expected fewer than ten times are counted together. */
    private static void assertFollows(double[] expected, List<Completion> completions) {
        List<Double> expectedCounts = new ArrayList<>(List.of(0.));
        List<Long> counts = new ArrayList<>(List.of(0L));
        long[] count = new long[expected.length];
        completions.forEach(completion -> count[completion.tokens()[0]]++);
        for (int token = 0; token < expected.length; token++) {
            double share = expected[token] * completions.size();
            if (share == 0) {
                assertThat(count[token]).as("token %s", token).isZero();
            } else if (share < 10) {
                expectedCounts.set(0, expectedCounts.get(0) + share);
                counts.set(0, counts.get(0) + count[token]);
            } else {
                expectedCounts.add(share);
                counts.add(count[token]);
            }
        }
        if (expectedCounts.get(0) == 0) {
            expectedCounts.remove(0);
            counts.remove(0);
        }
        if (counts.size() == 1) {
            assertThat(counts).containsExactly((long) completions.size());
            return;
        }
        double p = new ChiSquareTest()
                .chiSquareTest(
                        expectedCounts.stream().mapToDouble(Double::doubleValue).toArray(),
                        counts.stream().mapToLong(Long::longValue).toArray());
        assertThat(p).as("p-value with %s classes", counts.size()).isGreaterThan(UNLIKELY);
    }

    private static int draw(float[] logits, double temperature, double topP, double number) {
        try (NDManager manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
            NDArray sampled = Kernels.instance()
                    .call(
                            "sample",
                            manager,
                            manager.create(logits, new Shape(1, logits.length)),
                            manager.create(temperature),
                            manager.create(topP),
                            manager.create(new double[] {number}),
                            manager.zeros(new Shape(0)));
            return (int) sampled.toDoubleArray()[0];
        }
    }

    private static int[] prompt(String name) {
        JsonNode prompt = Fixtures.golden(name).path("prompt");
        return IntStream.range(0, prompt.size()).map(i -> prompt.get(i).asInt()).toArray();
    }

    /** Of the first token after the prompt, from the golden logits. */
    private static double[] probabilities(String name, double temperature) {
        try (SafetensorsReader golden =
                SafetensorsReader.open(Fixtures.folder(name).resolve("golden.safetensors"))) {
            FloatBuffer logits = FloatBuffer.allocate(VOCABULARY);
            golden.read("logits", (long) (prompt(name).length - 1) * VOCABULARY, logits);
            return softmax(logits.array(), temperature);
        }
    }

    private static double[] softmax(float[] logits, double temperature) {
        double[] exponentials = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] / temperature))
                .toArray();
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(e -> e / sum).toArray();
    }

    /** Probabilities of the fewest likeliest tokens that together reach {@code topP}, normalised; 0 for the others. */
    private static double[] nucleus(double[] probabilities, double topP) {
        double[] result = new double[probabilities.length];
        int[] order = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        double sum = 0;
        for (int i = 0; i < order.length && sum < topP; i++) {
            result[order[i]] = probabilities[order[i]];
            sum += probabilities[order[i]];
        }
        double total = sum;
        return Arrays.stream(result).map(p -> p / total).toArray();
    }

    private static int inverse(double[] probabilities, double number) {
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            sum += probabilities[i];
            if (sum > number) {
                return i;
            }
        }
        return probabilities.length - 1;
    }

    private static float[] logarithms(double... probabilities) {
        float[] result = new float[probabilities.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) Math.log(probabilities[i]);
        }
        return result;
    }
}
