package io.recthink.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.model.GgufImport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The answers of a real model against those of transformers; runs where {@link Fixtures#SMOLLM2_GGUF} names the file. */
class SmolLm2GenerationTest {
    private static final List<JsonNode> CASES = cases();

    private static TestModel model;

    @BeforeAll
    static void importModel(@TempDir Path folder) {
        assumeTrue(
                Fixtures.smolLm2Gguf().isPresent(),
                "skipped: " + Fixtures.SMOLLM2_GGUF + " does not name the GGUF file of SmolLM2-135M-Instruct");
        GgufImport.convert(Fixtures.smolLm2Gguf().orElseThrow(), folder);
        model = TestModel.open(folder);
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
