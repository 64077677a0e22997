package io.recthink.spark.policy;

import ai.djl.Device;
import io.recthink.InvalidInputException;
import io.recthink.torch.Devices;
import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * The device of a task: the GPU that Spark assigned to it ({@code spark.task.resource.gpu.amount}), otherwise the
 * processor. A task never uses a GPU that was not assigned to it, because another task may use it.
 */
public final class TaskDevice {
    private static final String GPU = "gpu";

    private TaskDevice() {}

    /**
     * The device of the calling task; the processor outside of tasks.
     *
     * @throws InvalidInputException if the task has more than one GPU, or one that cannot be used
     */
    static Device get() {
        return Optional.ofNullable(TaskContext.get())
                .map(task -> task.resourcesJMap().get(GPU))
                .map(TaskDevice::of)
                .orElse(Device.cpu());
    }

    private static Device of(ResourceInformation gpus) {
        if (gpus.addresses().length != 1) {
            throw new InvalidInputException("The task has the GPUs " + Arrays.toString(gpus.addresses())
                    + "; an engine computes on one. Start with --conf spark.task.resource.gpu.amount=1");
        }
        return Devices.gpu(Integer.parseInt(gpus.addresses()[0]), "The device that Spark gave to the task");
    }

    /** The device type of the tasks: {@code gpu} or {@code cpu}. */
    public static String typeOf(SparkConf settings) {
        return settings.getDouble("spark.task.resource.gpu.amount", 0) > 0
                ? GPU
                : Device.cpu().getDeviceType();
    }
}
