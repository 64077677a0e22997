package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.recthink.Fixtures;
import io.recthink.TestDevice;
import io.recthink.generate.Completion;
import io.recthink.generate.Generator;
import io.recthink.generate.PromptTokens;
import io.recthink.generate.SamplingOptions;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.GgufImport;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.torch.Bfloat16Support;
import io.recthink.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What computing in BF16 changes against FP32. */
class Bfloat16Test {
    static final List<String> MODELS = Fixtures.MODELS;

    private static final double SMALLEST_COSINE = 0.999;
    // The weights of the small models are wild and their sums short: rounding the weights alone takes the cosine of
    // qwen2
    // to 0.9990, and BF16 in transformers 4.57.6 gives 0.9978, 0.9979, 0.9976 and 0.9995 for the four.
    private static final double SMALLEST_COSINE_OF_SMALL_MODELS = 0.9965;
    private static final double LARGEST_MEAN_DIFFERENCE = 0.02;

    @BeforeAll
    static void requireSupport() {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
    }

    @AfterEach
    void leaveTheThreadAsOtherTestsFindIt() {
        TorchRuntime.prepareThread(1);
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void keepsTheDirectionOfTheGradientAndTheLogProbabilities(String name) {
        try (GoldenModel exact = new GoldenModel(name);
                GoldenModel rounded = new GoldenModel(name, ComputeType.BFLOAT16)) {
            assertNear(
                    exact.decoder(),
                    rounded.decoder(),
                    exact.supervisedGroup(),
                    exact.supervised(),
                    SMALLEST_COSINE_OF_SMALL_MODELS);
        }
    }

    @ParameterizedTest
    @FieldSource("MODELS")
    void keepsThemWithAnAdapter(String name) {
        try (GoldenModel exact = new GoldenModel(name);
                GoldenModel rounded = new GoldenModel(name, ComputeType.BFLOAT16)) {
            assertNear(
                    exact.adapted(),
                    rounded.adapted(),
                    exact.supervisedGroup(),
                    exact.supervised(),
                    SMALLEST_COSINE_OF_SMALL_MODELS);
        }
    }

    @Test
    void keepsThemInARealModelAndSamplesAsItLearns(@TempDir Path folder) {
        assumeTrue(
                Fixtures.smolLm2Gguf().isPresent(),
                "skipped: " + Fixtures.SMOLLM2_GGUF + " does not name the GGUF file of SmolLM2-135M-Instruct");
        GgufImport.convert(Fixtures.smolLm2Gguf().orElseThrow(), folder);
        TorchRuntime.prepareThread(2);
        try (ModelFolder model = ModelFolder.open(folder);
                ModelTokenizer tokenizer = model.tokenizer();
                Decoder exact = Decoder.load(model, ComputeType.FLOAT32, TestDevice.get());
                Decoder rounded = Decoder.load(model, ComputeType.BFLOAT16, TestDevice.get());
                Generator generator = new Generator(rounded, tokenizer)) {
            int[] prompt = tokenizer.encode("My guitar strings broke after two weeks. I bought them because");
            List<Completion> completions = generator
                    .generate(
                            List.of(new PromptTokens(prompt, new long[] {1, 2, 3, 4})), SamplingOptions.sampling(48, 1))
                    .get(0);
            List<LearningCompletion> rows = new ArrayList<>();
            for (Completion completion : completions) {
                double advantage = rows.size() % 2 == 0 ? 1 : -1;
                rows.add(new LearningCompletion(completion.tokens(), completion.logprobs(), null, advantage, 1));
            }
            long tokens = rows.stream().mapToLong(row -> row.tokens().length).sum();
            var objective = new Objective.Grpo(0.2, 0.2, 0, Reduction.SEQUENCE_MEAN, 0, 0, rows.size(), tokens, 300, 1);
            GradientStatistics statistics =
                    assertNear(exact, rounded, new Group(prompt, rows), objective, SMALLEST_COSINE);
            assertThat(statistics.logpDifferenceSum() / statistics.tokens()).isLessThan(LARGEST_MEAN_DIFFERENCE);
        }
    }

    /** Returns what the rounded computation saw. */
    private static GradientStatistics assertNear(
            Decoder exact, Decoder rounded, Group group, Objective objective, double smallestCosine) {
        List<float[]> expected = LogProbabilities.of(exact, List.of(group), 1).get(0);
        List<float[]> actual = LogProbabilities.of(rounded, List.of(group), 1).get(0);
        double difference = meanDifference(actual, expected);
        assertThat(difference).isPositive().isLessThan(LARGEST_MEAN_DIFFERENCE);
        try (var exactly = new GradientComputation(exact, objective);
                var roughly = new GradientComputation(rounded, objective)) {
            exactly.add(List.of(group));
            roughly.add(List.of(group));
            ParameterVector a = exactly.gradient();
            ParameterVector b = roughly.gradient();
            double cosine = a.dot(b) / a.norm() / b.norm();
            assertThat(cosine).isGreaterThan(smallestCosine);
            return roughly.statistics();
        }
    }

    private static double meanDifference(List<float[]> actual, List<float[]> expected) {
        double sum = 0;
        int count = 0;
        for (int row = 0; row < expected.size(); row++) {
            for (int i = 0; i < expected.get(row).length; i++) {
                sum += Math.abs(actual.get(row)[i] - expected.get(row)[i]);
                count++;
            }
        }
        return sum / count;
    }
}
