package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.Fixtures;
import io.recthink.model.ParameterLayout.Kind;
import io.recthink.model.ParameterLayout.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelInitializerTest {
    @TempDir
    private Path temporary;

    @Test
    void drawsMatricesAndLeavesNormsAndBiasesNeutral() throws IOException {
        ModelConfig config = ModelConfig.read(Fixtures.folder("qwen2"));
        ModelInitializer.write(temporary, config, 11, 0.02);
        Files.copy(Fixtures.folder("qwen2").resolve("tokenizer.json"), temporary.resolve("tokenizer.json"));
        try (ModelFolder folder = ModelFolder.open(temporary)) {
            assertThat(folder.config()).isEqualTo(config);
            for (Parameter parameter : folder.layout().parameters()) {
                float[] values = new float[(int) parameter.size()];
                folder.read(parameter, FloatBuffer.wrap(values));
                if (parameter.kind() == Kind.NORM) {
                    assertThat(values).containsOnly(1f);
                } else if (parameter.kind() == Kind.BIAS) {
                    assertThat(values).containsOnly(0f);
                } else {
                    assertThat(deviation(values)).as(parameter.name()).isCloseTo(0.02, within(0.002));
                }
            }
        }
    }

    @Test
    void givesTheSameBytesForTheSameSeed() {
        ModelConfig config = ModelConfig.read(Fixtures.folder("llama"));
        ModelInitializer.write(temporary.resolve("a"), config, 3, 0.05);
        ModelInitializer.write(temporary.resolve("b"), config, 3, 0.05);
        ModelInitializer.write(temporary.resolve("c"), config, 4, 0.05);
        Path a = temporary.resolve("a/model.safetensors");
        assertThat(temporary.resolve("b/model.safetensors")).hasSameBinaryContentAs(a);
        assertThat(a).satisfies(file -> assertThat(Files.readAllBytes(file))
                .isNotEqualTo(Files.readAllBytes(temporary.resolve("c/model.safetensors"))));
    }

    private static double deviation(float[] values) {
        return Math.sqrt(IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] * (double) values[i])
                .average()
                .orElseThrow());
    }
}
