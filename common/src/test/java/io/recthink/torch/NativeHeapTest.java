package io.recthink.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeHeapTest {
    private static final int MIB = 1 << 20;

    @Test
    void givesBackWhatLiesBetweenTensorsThatStay() {
        TorchRuntime.prepareThread(1);
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            // The C library takes blocks like the largest it has been given back from its heap.
            manager.ones(new Shape(MIB)).close();
            List<NDArray> blocks = new ArrayList<>();
            for (int i = 0; i < 512; i++) {
                blocks.add(manager.ones(new Shape(MIB / 8)));
            }
            for (int i = 0; i < blocks.size(); i++) {
                if (i % 64 != 63) {
                    blocks.get(i).close();
                }
            }
            long held = TorchRuntime.residentBytes();
            NativeHeap.trim();
            assertThat(held - TorchRuntime.residentBytes()).isGreaterThan(200L * MIB);
            assertThat(blocks.get(63).sum().getFloat()).isEqualTo(MIB / 8f);
        }
    }
}
