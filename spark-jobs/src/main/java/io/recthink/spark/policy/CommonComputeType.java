package io.recthink.spark.policy;

import ai.djl.Device;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.model.ComputeType;
import io.recthink.model.Decoder;
import io.recthink.model.ModelSettings;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the compute type of a job: {@code model.dtype}, if the devices of all tasks support it. Tasks that round
 * differently would make the result depend on the machine, and sampler and learner would compute different policies.
 */
public final class CommonComputeType {
    private static final Logger LOG = LoggerFactory.getLogger(CommonComputeType.class);

    private CommonComputeType() {}

    /**
     * The configuration with a type that the cluster supports. For BF16 it runs {@code spark.default.parallelism} tasks
     * (by default one a core). If one of their devices has no BF16 instructions, the type is FP32 and a warning names
     * the hosts. Executors that ran none of these tasks use the same type, or refuse it.
     */
    public static Configuration settle(SparkSession spark, Configuration configuration) {
        return settle(spark, configuration, CommonComputeType::placeWithoutBfloat16);
    }

    /** @param ask runs in each task; returns the place of the device when it cannot compute in BF16 */
    static Configuration settle(SparkSession spark, Configuration configuration, TaskSurvey.Question ask) {
        if (configuration.get(ModelSettings.class).dtype() == ComputeType.FLOAT32) {
            return configuration;
        }
        List<String> places = TaskSurvey.answers(spark, ask);
        if (places.isEmpty()) {
            return configuration;
        }
        LOG.warn(
                "computing in FP32, as with model.dtype: float32; there are no instructions for BF16 on {}",
                String.join(", ", places));
        return configuration.change(List.of("model.dtype=" + ComputeType.FLOAT32.label()));
    }

    private static Optional<String> placeWithoutBfloat16() {
        Device device = TaskDevice.get();
        return can(ComputeType.BFLOAT16, device) ? Optional.empty() : Optional.of(place(device));
    }

    /**
     * Refuses a compute type that the device does not support.
     *
     * @throws InvalidInputException when the device of the calling task has no instructions for the type
     */
    static void require(ComputeType type, Device device) {
        if (!can(type, device)) {
            throw new InvalidInputException(
                    "There are no instructions for BF16 on %s, while the tasks of this job compute in BF16. Keep the job away from such machines, or set model.dtype: float32."
                            .formatted(place(device)));
        }
    }

    private static boolean can(ComputeType type, Device device) {
        return Decoder.typeOn(device, type) == type;
    }

    private static String place(Device device) {
        String host = SparkEnv.get().blockManager().blockManagerId().host();
        return "%s of %s".formatted(device.isGpu() ? device : "the processor", host);
    }
}
