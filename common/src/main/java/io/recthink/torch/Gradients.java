package io.recthink.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Differentiates one piece of a computation automatically. DJL's own collector exists once a JVM. The record of this
 * class belongs to the calling thread, so several tasks of one executor can differentiate at the same time.
 */
public final class Gradients {
    private Gradients() {}

    /** Runs a computation and records it for {@link #backward}. */
    public static <T> T record(Supplier<T> computation) {
        TorchRuntime.ensurePrepared();
        JniUtils.setGradMode(true);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /**
     * Returns a tensor that shares the memory of {@code values} and has a gradient of its own.
     *
     * @param manager owner of the new tensor
     */
    public static NDArray leaf(NDArray values, NDManager manager) {
        NDArray leaf = Kernels.instance().callForTensorWithGradient("alias", manager, values);
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /**
     * Adds the gradient of a recorded result to every leaf that the result depends on, and deletes the record.
     *
     * @param upstream derivative of the loss by {@code result}, in the shape of {@code result}
     */
    public static void backward(NDArray result, NDArray upstream) {
        NativeCalls.instance().call(() -> {
            JniUtils.backward((PtNDArray) result, (PtNDArray) upstream, false, false);
            return result;
        });
    }

    /**
     * Returns the gradient that backward passes have added to a leaf so far. The tensor shares the memory of the leaf's
     * gradient.
     *
     * @return empty when no backward pass has reached the leaf
     */
    public static Optional<NDArray> of(NDArray leaf, NDManager manager) {
        PtNDArray gradient = JniUtils.getGradient((PtNDArray) leaf);
        if (gradient == null) {
            return Optional.empty();
        }
        gradient.attach((PtNDManager) manager);
        return Optional.of(gradient);
    }
}
