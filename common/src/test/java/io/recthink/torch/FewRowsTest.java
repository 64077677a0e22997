package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.recthink.TestDevice;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products and attention in BF16 with the few rows of a decoding step, against the same in FP32 of the same numbers. */
class FewRowsTest {
    private static final int OUTPUTS = 70;
    private static final int INPUTS = 48;
    // Half a unit in the last of the 8 binary places of BF16.
    private static final float ROUNDING = 1f / 256;

    private NDManager manager;

    @BeforeEach
    void open() {
        assumeFalse(TestDevice.get().isGpu(), "skipped: these products are the processor's");
        assumeTrue(Bfloat16Support.of(TestDevice.get()), "skipped: this processor has no instructions for BF16");
        manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch");
        manager.getEngine().setRandomSeed(1);
    }

    @AfterEach
    void close() {
        if (manager != null) {
            manager.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, packed.py", "8, packed.py", "33, packed.py", "1, unpacked.py", "8, unpacked.py"})
    void multipliesByPackedWeights(int rows, String resource) {
        Kernels kernels = Kernels.load(resource);
        NDArray weight = rounded(OUTPUTS, INPUTS);
        NDArray x = rounded(rows, INPUTS);
        NDArray y = rounded(rows, OUTPUTS);
        NDArray packed = kernels.call("pack", manager, weight);
        NDArray exact = linear(x, weight);
        assertRounded(kernels.call("packed_linear", manager, x, packed), exact);
        assertRounded(kernels.call("packed_linear_added", manager, y, x, packed), exact.add(wide(y)));
        assertRounded(kernels.call("linear_of_rows", manager, wide(x), packed), exact);
        assertRounded(kernels.call("linear_of_rows", manager, wide(x), weight), exact);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void computesLogitsAsGoodAsFp32(boolean packed) {
        NDArray weight = rounded(OUTPUTS, INPUTS);
        NDArray hidden = rounded(8, INPUTS);
        NDArray logits =
                Kernels.instance().call("logits_of_rows", manager, wide(hidden), packed ? pack(weight) : weight);
        NDArray exact = linear(hidden, weight);
        assertThat(exact.abs().max().getFloat()).isGreaterThan(20);
        assertThat(logits.toFloatArray()).containsExactly(exact.toFloatArray(), Offset.offset(2e-3f));
        NDArray learnt = Kernels.instance().call("logits", manager, wide(hidden), weight);
        assertThat(learnt.toFloatArray()).containsExactly(exact.toFloatArray(), Offset.offset(2e-3f));
    }

    @Test
    void attendsToPromptAndRowInPartsAsItDoesAtOnce() {
        int rows = 5;
        int prompts = 2;
        int keyHeads = 2;
        int queriesOfAKey = 3;
        int headDim = 16;
        NDArray q = rounded(rows, keyHeads, queriesOfAKey, headDim);
        NDArray promptKeys = rounded(prompts, keyHeads, 9, headDim);
        NDArray promptValues = rounded(prompts, keyHeads, 9, headDim);
        NDArray keys = rounded(rows, keyHeads, 4, headDim);
        NDArray values = rounded(rows, keyHeads, 4, headDim);
        NDArray promptMask = masked(new int[] {9, 6}, 9).reshape(prompts, 1, 9);
        NDArray mask = masked(new int[] {4, 1, 2, 4, 3}, 4).reshape(rows, 1, 1, 4);
        // Row 3 belongs to the first prompt, whose slots are the first three.
        NDArray slots = manager.create(new long[] {0, 1, 3, 2, 4, 0});
        NDArray places = manager.create(new long[] {0, 1, 3, 2, 4});
        Kernels kernels = Kernels.instance();
        NDArray parts = kernels.call(
                "attend_parts", manager, q, promptKeys, promptValues, promptMask, keys, values, mask, slots, places);
        NDArray whole = kernels.call(
                "attend_rows",
                manager,
                wide(q),
                wide(promptKeys),
                wide(promptValues),
                promptMask,
                wide(keys),
                wide(values),
                mask,
                slots,
                places);
        assertThat(whole.getShape()).isEqualTo(new Shape(rows, (long) keyHeads * queriesOfAKey * headDim));
        // The shares are rounded, too, before they meet the values.
        assertThat(wide(parts).toFloatArray()).containsExactly(whole.toFloatArray(), Offset.offset(8 * ROUNDING));
    }

    private NDArray masked(int[] lengths, int positions) {
        float[] mask = new float[lengths.length * positions];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = i % positions < lengths[i / positions] ? 0 : Float.NEGATIVE_INFINITY;
        }
        return manager.create(mask);
    }

    private NDArray pack(NDArray weight) {
        return Kernels.instance().call("pack", manager, weight);
    }

    /** Normal numbers in BF16. */
    private NDArray rounded(long... shape) {
        NDArray numbers = manager.randomNormal(0, 1, new Shape(shape), DataType.FLOAT32);
        return Kernels.instance().call("to_bfloat16", manager, numbers);
    }

    private NDArray wide(NDArray x) {
        return Kernels.instance().call("to_float", manager, x);
    }

    private NDArray linear(NDArray x, NDArray weight) {
        return wide(x).matMul(wide(weight).transpose());
    }

    /** Numbers that differ from the exact ones by the rounding of the result. */
    private void assertRounded(NDArray actual, NDArray exact) {
        assertThat(actual.getShape()).isEqualTo(exact.getShape());
        float[] numbers = wide(actual).toFloatArray();
        float[] expected = exact.toFloatArray();
        for (int i = 0; i < numbers.length; i++) {
            assertThat(numbers[i]).isCloseTo(expected[i], Offset.offset(1e-4f + ROUNDING * Math.abs(expected[i])));
        }
    }
}
