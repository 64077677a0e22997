package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.recthink.Fixtures;
import io.recthink.InvalidInputException;
import io.recthink.model.ChatTemplate.Message;
import io.recthink.model.ParameterLayout.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufImportTest {
    @TempDir
    private Path temporary;

    static List<String> models() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F32")
    void decodesBlocksToTheBitsOfTheReferencePackage(GgufType type) throws IOException {
        JsonNode golden = JsonFile.readObject(gguf("blocks.json")).path(type.name());
        byte[] blocks = HexFormat.of().parseHex(golden.path("blocks").asText());
        float[] expected = new float[blocks.length / type.blockBytes() * type.blockLength()];
        byte[] values = HexFormat.of().parseHex(golden.path("values").asText());
        ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(expected);
        float[] actual = new float[expected.length];
        ByteBuffer buffer = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < actual.length; at += type.blockLength()) {
            type.decode(buffer, actual, at);
        }
        assertThat(actual).isNotEmpty().containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("models")
    void makesTheFolderThatTheFileWasMadeFrom(String model) {
        GgufImport.convert(gguf(model + ".gguf"), temporary.resolve("model"));
        try (ModelFolder expected = ModelFolder.open(Fixtures.folder(model));
                ModelFolder actual = ModelFolder.open(temporary.resolve("model"))) {
            assertThat(actual.layout().parameters()).isEqualTo(expected.layout().parameters());
            for (Parameter parameter : expected.layout().parameters()) {
                assertThat(read(actual, parameter)).as(parameter.name()).containsExactly(read(expected, parameter));
            }
            // The file does not tell for which context rotary positions were scaled.
            Optional<Llama3RopeScaling> scaling =
                    expected.config().ropeScaling().map(fixture -> new Llama3RopeScaling(8, 1, 4, 8192));
            assertThat(actual.config()).isEqualTo(withRopeScaling(expected.config(), scaling));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama3", "qwen2"})
    void makesATokenizerThatEncodesTheSame(String model) {
        GgufImport.convert(gguf(model + ".gguf"), temporary.resolve("model"));
        JsonNode golden = model.equals("llama")
                ? Fixtures.golden(model).path("tokenizer")
                : JsonFile.readObject(gguf("tokens.json")).path(model);
        assertThat(golden).isNotEmpty();
        try (ModelTokenizer tokenizer = ModelTokenizer.open(temporary.resolve("model"))) {
            for (JsonNode test : golden) {
                assertThat(tokenizer.encode(test.path("text").asText())).containsExactly(ints(test.path("ids")));
            }
        }
        List<Message> messages = List.of(new Message("user", "hi"));
        assertThat(ChatTemplate.open(temporary.resolve("model")).render(messages, true))
                .isEqualTo("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "GGUF~GGUX~is not a GGUF file",
                "llama~gemma~architecture gemma is not supported; supported are llama, qwen2, qwen3",
                "gpt2~bert~tokenizer.ggml.model \"bert\" is not supported; only gpt2 (byte-level BPE) is",
                "smollm~viking~tokenizer.ggml.pre \"viking\" is not supported; supported are [gpt-2, gpt2",
                "output_norm.weight~output_nork.weight~tensor output_norm.weight is missing",
                "blk.0.attn_q.weight~blk.9.attn_q.weight~tensor blk.0.attn_q.weight is missing",
                "llama.embedding_length~llama.embedding_bength~llama.embedding_length is missing",
                "llama.attention.key_length~llamb.attention.key_length~",
            })
    void refusesWhatItCannotConvert(String original, String changed, String message) throws IOException {
        byte[] bytes = replaced(Files.readAllBytes(gguf("llama.gguf")), original, changed);
        if (message == null) {
            // Not needed where it is hidden size / heads.
            GgufImport.convert(Files.write(temporary.resolve("x.gguf"), bytes), temporary.resolve("model"));
        } else {
            assertRefused(bytes, message);
        }
    }

    @Test
    void refusesFilesThatLieAboutTheirSizes() throws IOException {
        byte[] bytes = Files.readAllBytes(gguf("llama.gguf"));
        assertRefused(Arrays.copyOf(bytes, bytes.length - 40_000), "reaches over the end of the file");
        assertRefused(Arrays.copyOf(bytes, 2_000), "is more than the file has room for");
        assertRefused(
                withLong(bytes, 8, Long.MAX_VALUE),
                "tensor count 9223372036854775807 is more than the file has room for");
        assertRefused(
                withLong(bytes, 16, -1), "metadata count 18446744073709551615 is more than the file has room for");
        // The length of the first key, which is behind the counts.
        assertRefused(withLong(bytes, 24, 1L << 40), "text length 1099511627776 is more than the file has room for");
        assertRefused(new byte[] {'G', 'G'}, "is not a GGUF file");
    }

    @Test
    void refusesTensorsOfOtherShapesAndTypes() throws IOException {
        byte[] bytes = Files.readAllBytes(gguf("llama.gguf"));
        // After the name: number of axes, their lengths, the type.
        int axes = indexOf(bytes, "blk.1.ffn_up.weight") + "blk.1.ffn_up.weight".length();
        assertRefused(
                withLong(bytes, axes + 4, 64), "tensor blk.1.ffn_up.weight has shape [64, 64], expected [64, 32]");
        assertRefused(withLong(bytes, axes + 4, 1L << 60), "tensor blk.1.ffn_up.weight");
        byte[] type = bytes.clone();
        type[axes + 20] = 16;
        assertRefused(
                type,
                "tensor blk.1.ffn_up.weight has type 16 (IQ2_XXS), which is not supported; supported are [F32, F16,");
    }

    @Test
    void leavesAFolderAloneThatHoldsAModel() {
        assertThatThrownBy(() -> GgufImport.convert(gguf("llama.gguf"), Fixtures.folder("llama")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("contains a model already");
    }

    private void assertRefused(byte[] bytes, String message) throws IOException {
        Path file = Files.write(temporary.resolve("changed.gguf"), bytes);
        assertThatThrownBy(() -> GgufImport.convert(file, temporary.resolve("model")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
        assertThat(temporary.resolve("model")).doesNotExist();
    }

    private static byte[] replaced(byte[] bytes, String original, String changed) {
        assertThat(changed).hasSameSizeAs(original);
        byte[] result = bytes.clone();
        byte[] text = changed.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(text, 0, result, indexOf(bytes, original), text.length);
        return result;
    }

    private static int indexOf(byte[] bytes, String text) {
        int index = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
        assertThat(index).as(text).isNotNegative();
        return index;
    }

    private static byte[] withLong(byte[] bytes, int at, long value) {
        byte[] result = bytes.clone();
        ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        return result;
    }

    private static ModelConfig withRopeScaling(ModelConfig config, Optional<Llama3RopeScaling> scaling) {
        return new ModelConfig(
                config.family(),
                config.vocabularySize(),
                config.hiddenSize(),
                config.intermediateSize(),
                config.layers(),
                config.heads(),
                config.keyValueHeads(),
                config.headDim(),
                config.normEpsilon(),
                config.ropeTheta(),
                scaling,
                config.maxPositions(),
                config.tiedHead(),
                config.attentionBias(),
                config.queryKeyNorm(),
                config.endTokens());
    }

    private static float[] read(ModelFolder folder, Parameter parameter) {
        float[] values = new float[(int) parameter.size()];
        folder.read(parameter, FloatBuffer.wrap(values));
        return values;
    }

    private static Path gguf(String name) {
        return Fixtures.folder("llama").resolve("../../gguf").resolve(name).normalize();
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}
