package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.recthink.config.Configuration.ComputeType;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.torch.TensorMemory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DecoderTest {
    // an embedding larger than the pieces in which weights are copied
    private static final ModelConfig CONFIG = new ModelConfig(
            Family.QWEN2, 40_000, 32, 16, 2, 4, 2, 8, 1e-6, 1e4, Optional.empty(), 64, true, true, false, List.of());

    @Test
    void holdsTheWeightsItIsGivenAndTheOnesSetLater() {
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, Device.cpu())) {
            assertHolds(decoder, 1);
            decoder.set(countingFrom(5));
            assertHolds(decoder, 5);
        }
    }

    @Test
    void listsTheParametersOfALayerWithThoseItLacks() {
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, Device.cpu())) {
            assertThat(decoder.layerNames(1))
                    .hasSize(14)
                    .startsWith(
                            Optional.of("model.layers.1.input_layernorm.weight"),
                            Optional.of("model.layers.1.self_attn.q_proj.weight"),
                            Optional.of("model.layers.1.self_attn.q_proj.bias"),
                            Optional.empty());
            assertThat(decoder.layer(1).get(3)).isSameAs(decoder.absent());
            assertThatThrownBy(() -> decoder.parameter("lm_head.weight")).hasMessageContaining("lm_head.weight");
        }
    }

    @Test
    void keepsResultsOutOfTheManagerOfTheWeights() {
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, Device.cpu())) {
            assertThatThrownBy(() -> decoder.parameter("model.norm.weight").mul(2))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static ParameterReader countingFrom(int start) {
        return (parameter, out) -> {
            for (long i = 0; i < parameter.size(); i++) {
                out.put((float) (start + parameter.offset() + i));
            }
        };
    }

    private static void assertHolds(Decoder decoder, int start) {
        try (NDManager scratch = decoder.manager().newSubManager()) {
            for (Parameter parameter : decoder.layout().parameters()) {
                FloatBuffer expected = FloatBuffer.allocate((int) parameter.size());
                countingFrom(start).read(parameter, expected);
                FloatBuffer values = FloatBuffer.allocate((int) parameter.size());
                TensorMemory.read(decoder.parameter(parameter.name()), 0, values, scratch);
                assertThat(Arrays.equals(values.array(), expected.array()))
                        .as(parameter.name())
                        .isTrue();
            }
        }
    }
}
