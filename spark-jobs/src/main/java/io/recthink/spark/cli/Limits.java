package io.recthink.spark.cli;

import io.recthink.plan.ProcessMemory;
import java.util.OptionalLong;

/**
 * The largest memory of each kind of process in bytes; empty if unknown.
 *
 * @param driver memory of the driver, or of the only process
 * @param executor memory of an executor without its GPU
 * @param gpu memory of a GPU
 * @param ofThisMachine whether {@code driver} is the memory of this machine
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
