package io.recthink.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.TestDevice;
import io.recthink.model.ModelConfig.Family;
import io.recthink.model.ParameterLayout.Parameter;
import io.recthink.torch.Bfloat16Support;
import io.recthink.torch.Kernels;
import io.recthink.torch.TensorMemory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DecoderTest {
    // an embedding larger than the pieces in which weights are copied
    private static final ModelConfig CONFIG = new ModelConfig(
            Family.QWEN2, 40_000, 32, 16, 2, 4, 2, 8, 1e-6, 1e4, Optional.empty(), 64, true, true, false, List.of());

    @Test
    void holdsTheWeightsItIsGivenAndTheOnesSetLater() {
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, TestDevice.get())) {
            assertHolds(decoder, 1);
            decoder.set(countingFrom(5));
            assertHolds(decoder, 5);
        }
    }

    @Test
    void listsTheTensorsOfALayerWithThoseItLacks() {
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, TestDevice.get())) {
            assertThat(decoder.tensorLayout().layer(1))
                    .containsExactly(
                            Optional.of("model.layers.1.input_layernorm.weight"),
                            Optional.of("model.layers.1.self_attn.qkv_proj.weight"),
                            Optional.of("model.layers.1.self_attn.qkv_proj.bias"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of("model.layers.1.self_attn.o_proj.weight"),
                            Optional.of("model.layers.1.post_attention_layernorm.weight"),
                            Optional.of("model.layers.1.mlp.gate_up_proj.weight"),
                            Optional.of("model.layers.1.mlp.down_proj.weight"));
            assertThat(decoder.layer(1).get(3)).isSameAs(decoder.absent());
            assertThat(decoder.layer(1).get(1).getShape()).isEqualTo(new Shape(64, 32));
            assertThatThrownBy(() -> decoder.tensor("lm_head.weight")).hasMessageContaining("lm_head.weight");
        }
    }

    @Test
    void putsTheMatricesOfAnAdapterBesideTheTensorOfTheirProjections() {
        var lora = new LoraConfig(2, 4, false, Set.of(Projection.QUERY, Projection.VALUE, Projection.DOWN));
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, TestDevice.get());
                Decoder adapted = decoder.withAdapter(lora, countingFrom(1))) {
            assertThat(adapted.layerNames(1).subList(9, 17))
                    .containsExactly(
                            Optional.of("model.layers.1.self_attn.qkv_proj.lora_a"),
                            Optional.of("model.layers.1.self_attn.qkv_proj.lora_b"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of("model.layers.1.mlp.down_proj.lora_a"),
                            Optional.of("model.layers.1.mlp.down_proj.lora_b"));
            for (int i = 0; i < 9; i++) {
                assertThat(adapted.layer(1).get(i)).isSameAs(decoder.layer(1).get(i));
            }
            for (int i = 9; i < 17; i++) {
                assertThat(decoder.layer(1).get(i)).isSameAs(decoder.absent());
            }
            assertThat(adapted.layer(0).get(9).getShape()).isEqualTo(new Shape(2 + 2, 32));
            float[] b = values(adapted.layer(0).get(10)); // [32 + 16 + 16, 2 + 2], times the scale of 2
            assertThat(Arrays.copyOfRange(b, 31 * 4, 32 * 4)).containsExactly(2 * 127, 2 * 128, 0, 0);
            assertThat(Arrays.copyOfRange(b, 32 * 4, 48 * 4)).containsOnly(0);
            assertThat(Arrays.copyOfRange(b, 48 * 4, 49 * 4)).containsExactly(0, 0, 2 * 193, 2 * 194);
        }
    }

    @Test
    void roundsMatricesAndBiasesToBfloat16AndNoNorms() {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
        ParameterReader thirds = (parameter, out) -> {
            for (long i = 0; i < parameter.size(); i++) {
                out.put((parameter.offset() + i) / 3f);
            }
        };
        try (Decoder decoder = Decoder.of(CONFIG, thirds, ComputeType.BFLOAT16, TestDevice.get())) {
            for (Parameter parameter : decoder.layout().parameters()) {
                boolean rounded = !parameter.name().contains("norm");
                FloatBuffer given = FloatBuffer.allocate((int) parameter.size());
                FloatBuffer held = FloatBuffer.allocate((int) parameter.size());
                thirds.read(parameter, given);
                decoder.read(parameter, held);
                for (int i = 0; i < given.capacity(); i++) {
                    float expected = rounded ? bfloat16(given.get(i)) : given.get(i);
                    assertThat(held.get(i)).as(parameter.name()).isEqualTo(expected);
                }
            }
        }
    }

    /** To the nearest, ties to even (IEEE 754), among the numbers whose lower 16 bits are zero. */
    private static float bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int upper = (bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF_0000;
        return Float.intBitsToFloat(upper);
    }

    @Test
    void packsTheWeightsOfProductsForThoseThatHoldThem() {
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this device has no instructions for BF16");
        assumeFalse(TestDevice.get().isGpu(), "skipped: weights are packed on processors");
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.BFLOAT16, TestDevice.get())) {
            Map<String, NDArray> packed = decoder.holdPacked();
            assertThat(decoder.holdPacked()).isSameAs(packed);
            assertThat(packed.keySet())
                    .contains("model.layers.1.self_attn.qkv_proj.weight", decoder.headName())
                    .noneMatch(name -> name.contains("norm") || name.contains("bias"));
            NDArray before = packed.get("model.layers.1.mlp.down_proj.weight");
            decoder.releasePacked();
            assertThat(before.isReleased()).isFalse();
            decoder.releasePacked();
            assertThat(before.isReleased()).isTrue();
            decoder.set(countingFrom(5));
            NDArray after = decoder.holdPacked().get("model.layers.1.mlp.down_proj.weight");
            assertThat(ones(after)).isEqualTo(ones(decoder.tensor("model.layers.1.mlp.down_proj.weight")));
            decoder.releasePacked();
        }
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, TestDevice.get())) {
            assertThat(decoder.holdPacked()).isEmpty();
            decoder.releasePacked();
        }
    }

    /** The product of a weight with ones. */
    private static float[] ones(NDArray weight) {
        try (NDManager scratch = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
            NDArray ones = scratch.ones(new Shape(1, weight.getShape().get(1)));
            NDArray product = Kernels.instance().call("linear_of_rows", scratch, ones, weight);
            return Kernels.instance().call("to_float", scratch, product).toFloatArray();
        }
    }

    @Test
    void keepsResultsOutOfTheManagerOfTheWeights() {
        try (Decoder decoder = Decoder.of(CONFIG, countingFrom(1), ComputeType.FLOAT32, TestDevice.get())) {
            assertThatThrownBy(() -> decoder.tensor("model.norm.weight").mul(2))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static float[] values(NDArray tensor) {
        FloatBuffer values = FloatBuffer.allocate((int) tensor.size());
        try (NDManager scratch = tensor.getManager().newSubManager()) {
            TensorMemory.read(tensor, 0, values, scratch);
        }
        return values.array();
    }

    private static ParameterReader countingFrom(int start) {
        return (parameter, out) -> {
            for (long i = 0; i < parameter.size(); i++) {
                out.put((float) (start + parameter.offset() + i));
            }
        };
    }

    private static void assertHolds(Decoder decoder, int start) {
        for (Parameter parameter : decoder.layout().parameters()) {
            FloatBuffer expected = FloatBuffer.allocate((int) parameter.size());
            countingFrom(start).read(parameter, expected);
            FloatBuffer values = FloatBuffer.allocate((int) parameter.size());
            decoder.read(parameter, values);
            assertThat(Arrays.equals(values.array(), expected.array()))
                    .as(parameter.name())
                    .isTrue();
        }
    }
}
