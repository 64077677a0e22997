package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.recthink.Fixtures;
import io.recthink.TestDevice;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.torch.Bfloat16Support;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelFolderTest {
    @TempDir
    private Path temporary;

    static List<String> models() {
        return Fixtures.MODELS;
    }

    @ParameterizedTest
    @MethodSource("models")
    void readsTheBytesThatAreInTheFile(String model) throws IOException {
        try (ModelFolder folder = ModelFolder.open(Fixtures.folder(model));
                SafetensorsReader file =
                        SafetensorsReader.open(Fixtures.folder(model).resolve("model.safetensors"))) {
            byte[] bytes = Files.readAllBytes(Fixtures.folder(model).resolve("model.safetensors"));
            // The data start after the header; the embedding is the first tensor of a tied fixture.
            String first = file.tensors().iterator().next().name();
            Parameter parameter = folder.layout().parameter(first);
            long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
            FloatBuffer expected = ByteBuffer.wrap(bytes, (int) (8 + header), (int) parameter.size() * 4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            assertThat(read(folder, parameter)).isEqualTo(expected);
            assertThat(file.tensors()).hasSameSizeAs(folder.layout().parameters());
        }
    }

    @Test
    void understandsTheConfigurationsOfAllFamilies() {
        ModelConfig llama = ModelConfig.read(Fixtures.folder("llama"));
        assertThat(llama)
                .isEqualTo(new ModelConfig(
                        ModelConfig.Family.LLAMA,
                        320,
                        32,
                        64,
                        2,
                        4,
                        2,
                        8,
                        1e-6,
                        10_000,
                        java.util.Optional.empty(),
                        1024,
                        true,
                        false,
                        false,
                        List.of(2)));
        ModelConfig llama3 = ModelConfig.read(Fixtures.folder("llama3"));
        assertThat(llama3.ropeScaling()).contains(new Llama3RopeScaling(8, 1, 4, 64));
        assertThat(llama3.ropeTheta()).isEqualTo(500_000);
        assertThat(llama3.tiedHead()).isFalse();
        ModelConfig qwen2 = ModelConfig.read(Fixtures.folder("qwen2"));
        assertThat(qwen2.attentionBias()).isTrue();
        assertThat(qwen2.headDim()).isEqualTo(8);
        ModelConfig qwen3 = ModelConfig.read(Fixtures.folder("qwen3"));
        assertThat(qwen3.queryKeyNorm()).isTrue();
        assertThat(qwen3.headDim()).isEqualTo(16);
    }

    @ParameterizedTest
    @MethodSource("models")
    void layoutCoversTheFlatSpaceWithoutGaps(String model) {
        ParameterLayout layout = ParameterLayout.of(ModelConfig.read(Fixtures.folder(model)));
        long end = 0;
        for (Parameter parameter : layout.parameters()) {
            assertThat(parameter.offset()).isEqualTo(end);
            end += parameter.size();
        }
        assertThat(layout.size()).isEqualTo(end);
    }

    @ParameterizedTest
    @MethodSource("models")
    void writtenFolderReadsBackTheSame(String model) {
        Path copy = temporary.resolve("copy");
        try (ModelFolder original = ModelFolder.open(Fixtures.folder(model))) {
            ModelFolder.write(copy, original.path(), ComputeType.FLOAT32, original.layout(), original);
            try (ModelFolder written = ModelFolder.open(copy)) {
                assertThat(written.config()).isEqualTo(original.config());
                for (Parameter parameter : original.layout().parameters()) {
                    assertThat(read(written, parameter)).isEqualTo(read(original, parameter));
                }
            }
        }
        assertThat(copy.resolve("chat_template.jinja"))
                .hasSameBinaryContentAs(Fixtures.folder(model).resolve("chat_template.jinja"));
        assertThat(JsonFile.readObject(copy.resolve("config.json"))
                        .path("dtype")
                        .asText())
                .isEqualTo("float32");
    }

    @ParameterizedTest
    @MethodSource("models")
    void isWrittenAsADecoderOfTheTypeHoldsIt(String model) {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
        Path copy = temporary.resolve("copy");
        try (ModelFolder original = ModelFolder.open(Fixtures.folder(model))) {
            ModelFolder.write(copy, original.path(), ComputeType.BFLOAT16, original.layout(), original);
            try (ModelFolder written = ModelFolder.open(copy);
                    Decoder decoder = Decoder.load(original, ComputeType.BFLOAT16, TestDevice.get());
                    Decoder again = Decoder.load(written, ComputeType.BFLOAT16, TestDevice.get());
                    Decoder widened = Decoder.load(written, ComputeType.FLOAT32, TestDevice.get())) {
                for (Parameter parameter : original.layout().parameters()) {
                    FloatBuffer held = read(decoder, parameter);
                    assertThat(read(written, parameter)).isEqualTo(held);
                    assertThat(read(again, parameter)).isEqualTo(held);
                    assertThat(read(widened, parameter)).isEqualTo(held);
                }
            }
        }
        assertThat(JsonFile.readObject(copy.resolve("config.json"))
                        .path("dtype")
                        .asText())
                .isEqualTo("bfloat16");
    }

    @ParameterizedTest
    @MethodSource("models")
    void configurationSurvivesItsOwnJson(String model) {
        ModelConfig config = ModelConfig.read(Fixtures.folder(model));
        JsonFile.write(temporary.resolve("config.json"), config.toJson());
        assertThat(ModelConfig.read(temporary)).isEqualTo(config);
    }

    private static FloatBuffer read(ParameterReader source, Parameter parameter) {
        FloatBuffer values = FloatBuffer.allocate((int) parameter.size());
        source.read(parameter, values);
        return values.flip();
    }
}
