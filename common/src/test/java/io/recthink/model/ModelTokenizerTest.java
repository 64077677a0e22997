package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelTokenizerTest {
    static List<String> models() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @MethodSource("models")
    void encodesAsTransformersDoes(String model) {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Fixtures.folder(model))) {
            JsonNode cases = Fixtures.golden(model).path("tokenizer");
            assertThat(cases).isNotEmpty();
            for (JsonNode test : cases) {
                String text = test.path("text").asText();
                assertThat(tokenizer.encode(text)).as(text).containsExactly(ints(test.path("ids")));
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text.replaceAll("<\\|im_\\w+\\|>", ""));
            }
            assertThat(tokenizer.vocabularySize()).isEqualTo(320);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void rendersTheChatAsTransformersDoes(String model) {
        JsonNode chat = Fixtures.golden(model).path("chat");
        List<Message> messages = new ArrayList<>();
        chat.path("messages")
                .forEach(message -> messages.add(new Message(
                        message.path("role").asText(), message.path("content").asText())));
        String text = ChatTemplate.open(Fixtures.folder(model)).render(messages, true);
        assertThat(text).isEqualTo(chat.path("text").asText());
    }

    @Test
    void leavesSpecialTokensOutOfText() {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Fixtures.folder("llama"))) {
            int[] ids = tokenizer.encode("<|im_start|>user<|im_end|>");
            assertThat(ids).startsWith(1).endsWith(2);
            assertThat(tokenizer.decode(ids)).isEqualTo("user");
        }
    }

    @Test
    void servesSeveralThreads() {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Fixtures.folder("llama"))) {
            assertThat(IntStream.range(0, 2000).parallel().mapToObj(i -> "text " + i))
                    .allSatisfy(text ->
                            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text));
        }
    }

    @Test
    void refusesAFileThatIsNoTokenizer(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\":{\"type\":\"None\",\"vocab\":{\"a\":0}}}");
        assertThatThrownBy(() -> ModelTokenizer.open(folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("tokenizer.json: cannot be used");
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    /** Embeddings often have more rows than there are tokens: such an id may be sampled, as in transformers. */
    @Test
    void idsWithoutATokenHaveNoText() {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Fixtures.folder("llama"))) {
            int[] ids = tokenizer.encode("good guitar");
            int[] padded = Arrays.copyOf(ids, ids.length + 2);
            padded[ids.length] = tokenizer.vocabularySize();
            padded[ids.length + 1] = tokenizer.vocabularySize() + 1000;
            assertThat(tokenizer.decode(padded)).isEqualTo("good guitar");
        }
    }
}
