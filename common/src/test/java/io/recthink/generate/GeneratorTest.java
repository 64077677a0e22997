package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.TestDevice;
import io.recthink.learn.Group;
import io.recthink.learn.LogProbabilities;
import io.recthink.torch.Bfloat16Support;
import io.recthink.torch.TorchRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {
    private static final int VOCABULARY = 320;
    // A sixth of the vocabulary: the completions of a batch end at many different lengths.
    private static final List<Integer> MANY_END_TOKENS =
            IntStream.range(0, VOCABULARY / 6).map(i -> 6 * i).boxed().toList();

    // With AMX the attention chooses its products by the number of queries, and here and there they round differently.
    static final float BFLOAT16_TOLERANCE = Bfloat16Support.inTiles() ? 4e-3f : 1e-3f;

    static List<String> models() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @MethodSource("models")
    void takesTheLikeliestTokensAsTransformersDoes(String name) {
        JsonNode golden = Fixtures.golden(name);
        int[] expected = integers(golden.path("greedy"));
        try (TestModel model = TestModel.fixture(name)) {
            Completion completion =
                    one(model.generator(), integers(golden.path("prompt")), 0, SamplingOptions.greedy(expected.length));
            assertThat(completion.tokens()).containsExactly(expected);
            assertThat(completion.finish()).isEqualTo(Finish.LENGTH);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheLogProbabilitiesOfTheForwardPassAtTheTemperature(String name) {
        try (TestModel model = TestModel.fixtureWithEndTokens(name, MANY_END_TOKENS)) {
            List<PromptTokens> prompts = prompts(new Random(3), 5, 4);
            for (double temperature : new double[] {0, 0.7, 1}) {
                List<List<Completion>> completions = model.generator()
                        .generate(prompts, new SamplingOptions(30, temperature, 0.8, List.of(), false));
                double atLearning = temperature == 0 ? 1 : temperature;
                assertThat(differenceFromForward(model, prompts, completions, atLearning))
                        .isLessThan(1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheLogProbabilitiesOfTheForwardPassWithAnAdapter(String name) {
        try (TestModel model = TestModel.fixtureWithEndTokens(name, MANY_END_TOKENS)) {
            TestModel adapted = model.withAdapter(name);
            List<PromptTokens> prompts = prompts(new Random(3), 5, 4);
            List<List<Completion>> completions = adapted.generator().generate(prompts, SamplingOptions.sampling(30, 1));
            assertThat(differenceFromForward(adapted, prompts, completions, 1)).isLessThan(1e-4);
            assertThat(differenceFromForward(model, prompts, completions, 1)).isGreaterThan(0.1);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void givesTheLogProbabilitiesOfTheForwardPassInBfloat16(String name) {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
        try (TestModel model = TestModel.inBfloat16(name, MANY_END_TOKENS)) {
            List<PromptTokens> prompts = prompts(new Random(3), 5, 4);
            for (TestModel sampled : List.of(model, model.withAdapter(name))) {
                List<List<Completion>> completions = sampled.generator()
                        .generate(prompts, SamplingOptions.sampling(30, 1), 7)
                        .completions();
                assertThat(differenceFromForward(sampled, prompts, completions, 1))
                        .isBetween(1e-5, 0.04);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void samplesTheSameTokensInBfloat16WhateverElseIsInTheBatch(String name) {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
        try (TestModel model = TestModel.inBfloat16(name, MANY_END_TOKENS)) {
            assertSameInABatch(model, BFLOAT16_TOLERANCE);
            assertSameInABatch(model.withAdapter(name), BFLOAT16_TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void samplesTheSameTokensWhateverElseIsInTheBatch(String name) {
        try (TestModel model = TestModel.fixtureWithEndTokens(name, MANY_END_TOKENS)) {
            assertSameInABatch(model, 1e-4f);
        }
    }

    private static void assertSameInABatch(TestModel model, float tolerance) {
        SamplingOptions options = new SamplingOptions(90, 1.2, 0.95, List.of(), false);
        List<PromptTokens> prompts = prompts(new Random(5), 7, 6);
        List<List<Completion>> together = model.generator().generate(prompts, options);
        assertThat(lengths(together)).hasSizeGreaterThan(5);
        assertSameAlone(model.generator(), prompts, together, options, tolerance);
    }

    /** Each of the completions that were sampled together is that which the generator samples by itself. */
    static void assertSameAlone(
            Generator generator,
            List<PromptTokens> prompts,
            List<List<Completion>> together,
            SamplingOptions options,
            float tolerance) {
        for (int i = 0; i < prompts.size(); i++) {
            long[] seeds = prompts.get(i).seeds();
            assertThat(together.get(i)).hasSize(seeds.length);
            for (int j = 0; j < seeds.length; j++) {
                Completion alone = one(generator, prompts.get(i).tokens(), seeds[j], options);
                assertThat(together.get(i).get(j).tokens()).containsExactly(alone.tokens());
                assertThat(together.get(i).get(j).logprobs())
                        .containsExactly(alone.logprobs(), Offset.offset(tolerance));
                assertThat(together.get(i).get(j).seed()).isEqualTo(seeds[j]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13})
    void givesTheSameTokensHoweverManyRowsGrowAtATime(int maxRows) {
        try (TestModel model = TestModel.fixtureWithEndTokens("llama", MANY_END_TOKENS)) {
            SamplingOptions options = new SamplingOptions(150, 1.2, 0.95, List.of(), false);
            List<PromptTokens> prompts = prompts(new Random(8), 12, 6);
            List<List<Completion>> together = model.generator().generate(prompts, options);
            Generation generation = model.generator().generate(prompts, options, maxRows);
            assertThat(generation.maxRows()).isBetween(maxRows, Math.max(maxRows, 6));
            for (int i = 0; i < prompts.size(); i++) {
                List<Completion> completions = generation.completions().get(i);
                assertThat(completions).hasSameSizeAs(together.get(i));
                for (int j = 0; j < completions.size(); j++) {
                    Completion expected = together.get(i).get(j);
                    assertThat(completions.get(j).tokens()).containsExactly(expected.tokens());
                    assertThat(completions.get(j).logprobs())
                            .containsExactly(expected.logprobs(), Offset.offset(1e-4f));
                }
            }
        }
    }

    @Test
    void keepsTheBatchFullWhileCompletionsEndAndPromptsWait() {
        try (TestModel model = TestModel.fixtureWithEndTokens("llama", MANY_END_TOKENS)) {
            SamplingOptions options = new SamplingOptions(90, 1, 1, List.of(), false);
            Random random = new Random(9);
            List<PromptTokens> prompts = new ArrayList<>();
            for (int i = 0; i < 1200; i++) {
                int[] tokens =
                        random.ints(3 + random.nextInt(30), 0, VOCABULARY).toArray();
                prompts.add(new PromptTokens(tokens, random.longs(4).toArray()));
            }
            Generation generation = model.generator().generate(prompts, options, 64);
            assertThat(lengths(generation.completions())).hasSizeGreaterThan(20);
            long tokens = generation.completions().stream()
                    .flatMap(List::stream)
                    .mapToLong(completion -> completion.tokens().length - 1)
                    .sum();
            assertThat(generation.decodedTokens()).isEqualTo(tokens);
            assertThat(generation.occupancy()).isGreaterThan(0.9);
        }
    }

    @Test
    void growsBeyondABlockOfItsCache() {
        try (TestModel model = TestModel.fixture("llama")) {
            List<PromptTokens> prompts = prompts(new Random(6), 2, 3);
            List<List<Completion>> completions =
                    model.generator().generate(prompts, new SamplingOptions(150, 1, 1, List.of(), true));
            assertThat(lengths(completions)).containsOnly(150);
            assertThat(differenceFromForward(model, prompts, completions, 1)).isLessThan(1e-4);
        }
    }

    @Test
    void repeatsItselfToTheBit() {
        try (TestModel model = TestModel.fixtureWithEndTokens("qwen3", MANY_END_TOKENS)) {
            List<PromptTokens> prompts = prompts(new Random(7), 6, 5);
            SamplingOptions options = new SamplingOptions(40, 1, 0.9, List.of(), false);
            List<List<Completion>> first = model.generator().generate(prompts, options);
            List<List<Completion>> second = model.generator().generate(prompts, options);
            assertThat(second).usingRecursiveComparison().isEqualTo(first);
        }
    }

    @Test
    void endsWithAnEndTokenUnlessToldToGoOn() {
        JsonNode golden = Fixtures.golden("llama");
        int[] prompt = integers(golden.path("prompt"));
        int[] greedy = integers(golden.path("greedy"));
        try (TestModel model = TestModel.fixtureWithEndTokens("llama", List.of(greedy[9], greedy[4]))) {
            Completion ended = one(model.generator(), prompt, 0, SamplingOptions.greedy(24));
            assertThat(ended.tokens()).containsExactly(Arrays.copyOf(greedy, 5));
            assertThat(ended.logprobs()).hasSize(5);
            assertThat(ended.finish()).isEqualTo(Finish.STOP);
            Completion whole = one(model.generator(), prompt, 0, new SamplingOptions(24, 0, 1, List.of(), true));
            assertThat(whole.tokens()).containsExactly(greedy);
            assertThat(whole.finish()).isEqualTo(Finish.LENGTH);
        }
    }

    @Test
    void saysStopForAnEndTokenAtTheLastPlace() {
        JsonNode golden = Fixtures.golden("llama");
        int[] prompt = integers(golden.path("prompt"));
        int[] greedy = integers(golden.path("greedy"));
        try (TestModel model = TestModel.fixtureWithEndTokens("llama", List.of(greedy[4]))) {
            assertThat(one(model.generator(), prompt, 0, SamplingOptions.greedy(5))
                            .finish())
                    .isEqualTo(Finish.STOP);
            assertThat(one(model.generator(), prompt, 0, SamplingOptions.greedy(4))
                            .finish())
                    .isEqualTo(Finish.LENGTH);
        }
    }

    @Test
    void endsAfterTheTokenThatCompletesAStopString() {
        JsonNode golden = Fixtures.golden("llama");
        int[] prompt = integers(golden.path("prompt"));
        int[] greedy = integers(golden.path("greedy"));
        try (TestModel model = TestModel.fixture("llama")) {
            String text = model.tokenizer().decode(Arrays.copyOf(greedy, 8));
            String stop = text.substring(text.length() - 3);
            SamplingOptions options = new SamplingOptions(24, 0, 1, List.of("never", stop), false);
            Completion stopped = one(model.generator(), prompt, 0, options);
            assertThat(stopped.tokens()).containsExactly(Arrays.copyOf(greedy, 8));
            assertThat(stopped.text()).isEqualTo(text).contains(stop);
            assertThat(stopped.finish()).isEqualTo(Finish.STOP);
            SamplingOptions all = new SamplingOptions(24, 0, 1, List.of(stop), true);
            assertThat(one(model.generator(), prompt, 0, all).tokens()).containsExactly(greedy);
        }
    }

    @Test
    void leavesSpecialTokensOutOfTheText() {
        JsonNode golden = Fixtures.golden("llama");
        int[] greedy = integers(golden.path("greedy"));
        assertThat(greedy).contains(1);
        try (TestModel model = TestModel.fixture("llama")) {
            Completion completion =
                    one(model.generator(), integers(golden.path("prompt")), 0, SamplingOptions.greedy(24));
            assertThat(completion.text())
                    .isNotEmpty()
                    .doesNotContain("<|im_start|>")
                    .isEqualTo(model.tokenizer().decode(greedy));
        }
    }

    @Test
    void givesPromptsWithoutSeedsNoCompletions() {
        try (TestModel model = TestModel.fixture("llama")) {
            PromptTokens without = new PromptTokens(new int[] {5, 6}, new long[0]);
            PromptTokens with = new PromptTokens(new int[] {7}, new long[] {1, 2});
            List<List<Completion>> completions =
                    model.generator().generate(List.of(without, with, without), SamplingOptions.sampling(3, 1));
            assertThat(completions).extracting(List::size).containsExactly(0, 2, 0);
            assertThat(model.generator().generate(List.of(without), SamplingOptions.sampling(3, 1)))
                    .containsExactly(List.of());
            assertThat(model.generator().generate(List.of(), SamplingOptions.sampling(3, 1)))
                    .isEmpty();
        }
    }

    @Test
    void refusesAPromptThatLeavesNoRoomForTheCompletion() {
        try (TestModel model = TestModel.fixture("llama")) {
            PromptTokens longest = new PromptTokens(new int[1020], new long[1]);
            assertThat(model.generator().generate(List.of(longest), SamplingOptions.greedy(4)))
                    .hasSize(1);
            PromptTokens small = new PromptTokens(new int[3], new long[1]);
            assertThatThrownBy(() -> model.generator().generate(List.of(small, longest), SamplingOptions.greedy(5)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessage("Prompt 1 has 1020 tokens and its completion up to 5 tokens. The sum is more than the"
                            + " model's context of 1024 tokens. Shorten the prompt or lower maxTokens");
        }
    }

    @Test
    void refusesATokenThatTheModelLacks() {
        try (TestModel model = TestModel.fixture("llama")) {
            for (int token : new int[] {-1, VOCABULARY}) {
                PromptTokens prompt = new PromptTokens(new int[] {1, token}, new long[1]);
                assertThatThrownBy(() -> model.generator().generate(List.of(prompt), SamplingOptions.greedy(5)))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessage("Prompt 0 has the token " + token + "; the tokens of the model are 0 to 319");
            }
        }
    }

    @Test
    void saysThatWeightsHaveDiverged() {
        try (TestModel model = TestModel.fixture("llama")) {
            model.decoder().set((parameter, out) -> {
                while (out.hasRemaining()) {
                    out.put(Float.NaN);
                }
            });
            for (double temperature : new double[] {0, 1}) {
                SamplingOptions options = new SamplingOptions(3, temperature, 1, List.of(), true);
                assertThatThrownBy(() -> one(model.generator(), new int[] {1}, 0, options))
                        .hasMessageContaining("diverged");
            }
        }
    }

    @Test
    void givesBackAllMemory() {
        try (TestModel model = TestModel.fixtureWithEndTokens("llama", MANY_END_TOKENS)) {
            SamplingOptions options = new SamplingOptions(60, 1, 0.9, List.of("rate"), false);
            int owned = model.decoder().manager().getManagedArrays().size();
            sampleOften(model, options, 60);
            long before = TorchRuntime.residentBytes();
            sampleOften(model, options, 300);
            assertThat(model.decoder().manager().getManagedArrays()).hasSize(owned);
            assertThat(TorchRuntime.residentBytes() - before).isLessThan(32L << 20);
        }
    }

    private static void sampleOften(TestModel model, SamplingOptions options, int times) {
        for (int i = 0; i < times; i++) {
            model.generator().generate(prompts(new Random(i), 6, 6), options);
        }
    }

    /** Prompts of 1 to 60 tokens with 1 to {@code most} completions. */
    private static List<PromptTokens> prompts(Random random, int count, int most) {
        List<PromptTokens> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            prompts.add(new PromptTokens(
                    random.ints(1 + random.nextInt(60), 3, VOCABULARY).toArray(),
                    random.longs(1 + random.nextInt(most)).toArray()));
        }
        return prompts;
    }

    private static Completion one(Generator generator, int[] prompt, long seed, SamplingOptions options) {
        return generator
                .generate(List.of(new PromptTokens(prompt, new long[] {seed})), options)
                .get(0)
                .get(0);
    }

    private static List<Integer> lengths(List<List<Completion>> completions) {
        return completions.stream()
                .flatMap(List::stream)
                .map(completion -> completion.tokens().length)
                .distinct()
                .toList();
    }

    private static double differenceFromForward(
            TestModel model, List<PromptTokens> prompts, List<List<Completion>> completions, double temperature) {
        double largest = 0;
        for (int i = 0; i < prompts.size(); i++) {
            List<io.recthink.learn.LearningCompletion> rows = completions.get(i).stream()
                    .map(completion -> io.recthink.learn.LearningCompletion.supervised(completion.tokens()))
                    .toList();
            Group group = new Group(prompts.get(i).tokens(), rows);
            List<float[]> expected = LogProbabilities.of(model.decoder(), List.of(group), temperature)
                    .get(0);
            for (int j = 0; j < expected.size(); j++) {
                float[] actual = completions.get(i).get(j).logprobs();
                assertThat(actual).hasSameSizeAs(expected.get(j));
                for (int k = 0; k < actual.length; k++) {
                    largest = Math.max(largest, Math.abs(actual[k] - expected.get(j)[k]));
                }
            }
        }
        return largest;
    }

    private static int[] integers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
