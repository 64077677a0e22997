package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.recthink.TestDevice;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class KernelsTest {
    private static final Offset<Float> TOLERANCE = Offset.offset(1e-6f);

    @Test
    void callsAKernelByName() {
        try (NDManager manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
            NDArray x = manager.create(new float[] {3, 4}, new Shape(1, 2));
            NDArray weight = manager.create(new float[] {1, 2});
            NDArray y = Kernels.instance().call("normalize", manager, x, weight, manager.create(0.5));
            assertThat(y.toFloatArray())
                    .containsExactly(new float[] {(float) (3 / Math.sqrt(13)), (float) (8 / Math.sqrt(13))}, TOLERANCE);
        }
    }

    @Test
    void differentiatesThroughAKernel() {
        try (NDManager manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
            NDArray x = Gradients.leaf(manager.create(new float[] {3, 4}, new Shape(1, 2)), manager);
            NDArray weight = manager.create(new float[] {1, 1});
            NDArray y = Gradients.record(() ->
                    Kernels.instance().callForTensorWithGradient("normalize", manager, x, weight, manager.create(0.)));
            Gradients.backward(y, manager.create(new float[] {1, 0}, new Shape(1, 2)));
            // d/dx0 of x0 / r with r = sqrt((x0^2 + x1^2) / 2) is 1 / r - x0^2 / (2 r^3), and -x0 x1 / (2 r^3) for x1
            double r = Math.sqrt(12.5);
            assertThat(Gradients.of(x, manager).orElseThrow().toFloatArray())
                    .containsExactly(
                            new float[] {(float) (1 / r - 9 / (2 * r * r * r)), (float) (-12 / (2 * r * r * r))},
                            TOLERANCE);
        }
    }

    @Test
    void refusesAnUnknownKernelByName() {
        try (NDManager manager = NDManager.newBaseManager(TestDevice.get(), "PyTorch")) {
            assertThatThrownBy(() -> Kernels.instance().call("nothing", manager))
                    .hasMessageContaining("nothing")
                    .hasMessageContaining("normalize");
        }
    }
}
