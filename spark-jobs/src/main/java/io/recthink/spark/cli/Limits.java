package io.recthink.spark.cli;

import io.recthink.plan.ProcessMemory;
import java.util.OptionalLong;

/**
 * The memory that processes may take, in bytes; empty where nobody has said it.
 *
 * @param driver of the driver, or of the one process there is
 * @param executor of an executor outside of its GPU
 * @param gpu of a GPU
 * @param ofThisMachine whether that of the driver is what this machine has
 */
record Limits(OptionalLong driver, OptionalLong executor, OptionalLong gpu, boolean ofThisMachine) {
    OptionalLong of(ProcessMemory process) {
        return switch (process.place()) {
            case DRIVER -> driver;
            case EXECUTOR -> executor;
            case GPU -> gpu;
        };
    }

    boolean isExceededBy(ProcessMemory process) {
        OptionalLong limit = of(process);
        return limit.isPresent() && process.peak().total() > limit.getAsLong();
    }
}
