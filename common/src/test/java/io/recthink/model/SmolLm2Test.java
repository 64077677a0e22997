package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ParameterLayout.Parameter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The import of a real model; runs where {@link Fixtures#SMOLLM2_GGUF} names the file. */
class SmolLm2Test {
    private static final JsonNode GOLDEN = Fixtures.golden("smollm2");

    @TempDir
    private static Path folder;

    @BeforeAll
    static void importModel() {
        assumeTrue(
                Fixtures.smolLm2Gguf().isPresent(),
                "skipped: " + Fixtures.SMOLLM2_GGUF + " does not name the GGUF file of SmolLM2-135M-Instruct");
        GgufImport.convert(Fixtures.smolLm2Gguf().orElseThrow(), folder);
    }

    @Test
    void dequantisesTheWeights() {
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThat(GOLDEN.path("weights")).isNotEmpty();
            GOLDEN.path("weights").fields().forEachRemaining(weight -> {
                Parameter parameter = model.layout().parameter(weight.getKey());
                float[] values = new float[(int) parameter.size()];
                model.read(parameter, FloatBuffer.wrap(values));
                double sum = IntStream.range(0, values.length)
                        .mapToDouble(i -> values[i])
                        .sum();
                assertThat(sum)
                        .as(parameter.name())
                        .isCloseTo(weight.getValue().path("sum").asDouble(), within(1e-3));
                JsonNode first = weight.getValue().path("first");
                for (int i = 0; i < first.size(); i++) {
                    assertThat(values[i])
                            .as(parameter.name())
                            .isEqualTo(first.get(i).floatValue());
                }
            });
        }
    }

    @Test
    void encodesAndRendersAsTransformersDoes() {
        try (ModelFolder model = ModelFolder.open(folder);
                ModelTokenizer tokenizer = model.tokenizer()) {
            for (JsonNode test : GOLDEN.path("tokenizer")) {
                assertThat(tokenizer.encode(test.path("text").asText())).containsExactly(ints(test.path("ids")));
            }
            for (JsonNode test : GOLDEN.path("cases")) {
                List<Message> messages = new ArrayList<>();
                for (JsonNode message : test.path("messages")) {
                    messages.add(new Message(
                            message.path("role").asText(),
                            message.path("content").asText()));
                }
                String text = model.chatTemplate().render(messages, true);
                assertThat(text).isEqualTo(test.path("text").asText());
                assertThat(tokenizer.encode(text)).containsExactly(ints(test.path("ids")));
            }
        }
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
