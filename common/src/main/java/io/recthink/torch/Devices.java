package io.recthink.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.recthink.InvalidInputException;

/** The devices that libtorch can compute on in this JVM. */
public final class Devices {
    private Devices() {}

    /**
     * Returns a GPU.
     *
     * @param index from 0, as CUDA counts the GPUs that it shows to this process
     * @param wantedBy subject of the error message: the option or the assignment that names the GPU
     * @throws InvalidInputException if libtorch does not see this GPU
     */
    public static Device gpu(int index, String wantedBy) {
        TorchRuntime.load();
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        if (index < 0 || index >= gpus) {
            throw new InvalidInputException(wantedBy + " is GPU " + index + ", but libtorch sees " + gpus
                    + " GPUs here. On a machine with NVIDIA's driver and such a GPU, use the natives for CUDA: build with"
                    + " -Pgpu, or set PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR");
        }
        return Device.gpu(index);
    }
}
