package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.TestDevice;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.GgufImport;
import io.recthink.model.ModelFolder;
import io.recthink.model.ModelTokenizer;
import io.recthink.torch.Bfloat16Support;
import io.recthink.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers of a real model against those of transformers; runs where {@link Fixtures#SMOLLM2_GGUF} names the file. */
class SmolLm2GenerationTest {
    private static final List<JsonNode> CASES = cases();

    @TempDir
    private static Path folder;

    private static TestModel model;

    @BeforeAll
    static void importModel() {
        assumeTrue(
                Fixtures.smolLm2Gguf().isPresent(),
                "skipped: " + Fixtures.SMOLLM2_GGUF + " does not name the GGUF file of SmolLM2-135M-Instruct");
        GgufImport.convert(Fixtures.smolLm2Gguf().orElseThrow(), folder);
        model = TestModel.open(folder);
    }

    @AfterEach
    void leaveTheThreadAsOtherTestsFindIt() {
        TorchRuntime.prepareThread(1);
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    @Test
    void takesTheLikeliestTokensAsTransformersDoes() {
        List<PromptTokens> prompts = CASES.stream()
                .map(golden -> new PromptTokens(integers(golden.path("ids")), new long[1]))
                .toList();
        List<List<Completion>> completions = model.generator().generate(prompts, SamplingOptions.greedy(24));
        for (int i = 0; i < CASES.size(); i++) {
            JsonNode golden = CASES.get(i);
            Completion completion = completions.get(i).get(0);
            assertThat(completion.tokens()).containsExactly(integers(golden.path("greedy")));
            assertThat(completion.logprobs()).containsExactly(floats(golden.path("logprobs")), Offset.offset(1e-3f));
            boolean ended = completion.tokens().length < 24;
            assertThat(completion.finish()).isEqualTo(ended ? Finish.STOP : Finish.LENGTH);
            assertThat(golden.path("decoded").asText()).isEqualTo(completion.text() + (ended ? "<|im_end|>" : ""));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void samplesInBfloat16AsItDoesAlone(int threads) {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
        int[] one = integers(CASES.get(0).path("ids"));
        int[] other = integers(CASES.get(1).path("ids"));
        List<PromptTokens> prompts = List.of(
                new PromptTokens(one, new long[] {1, 2, 3}),
                new PromptTokens(repeated(other, 8), new long[] {4, 5, 6, 7, 8}),
                new PromptTokens(other, new long[] {9}),
                new PromptTokens(repeated(one, 3), new long[] {10, 11}));
        SamplingOptions options = SamplingOptions.sampling(48, 1);
        TorchRuntime.prepareThread(threads);
        try (ModelFolder model = ModelFolder.open(folder);
                ModelTokenizer tokenizer = model.tokenizer();
                Decoder decoder = Decoder.load(model, ComputeType.BFLOAT16, TestDevice.get());
                Generator generator = new Generator(decoder, tokenizer)) {
            List<List<Completion>> together = generator.generate(prompts, options);
            GeneratorTest.assertSameAlone(generator, prompts, together, options, GeneratorTest.BFLOAT16_TOLERANCE);
        }
    }

    private static int[] repeated(int[] tokens, int times) {
        return IntStream.range(0, times).flatMap(i -> Arrays.stream(tokens)).toArray();
    }

    private static List<JsonNode> cases() {
        List<JsonNode> cases = new ArrayList<>();
        Fixtures.golden("smollm2").path("cases").forEach(cases::add);
        return cases;
    }

    private static int[] integers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }
}
