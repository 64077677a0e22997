package io.recthink.plan;

import java.util.Comparator;
import java.util.List;

/**
 * The memory of a process, or of the device of a process.
 *
 * @param name learner, executor, ...
 * @param place whose memory it is
 * @param count number of processes of this kind
 * @param javaHeap most bytes of live objects in the Java heap; 0 for a device
 * @param touchedHeap touched bytes of the Java heap, part of all stages; 0 for a device
 * @param stages the memory in each stage of a step, in order
 */
public record ProcessMemory(String name, Place place, int count, long javaHeap, long touchedHeap, List<Stage> stages) {
    /** The owner of the memory. */
    public enum Place {
        /** The driver, or the only process. */
        DRIVER,
        /** An executor. */
        EXECUTOR,
        /** The GPU of an executor. */
        GPU
    }

    public ProcessMemory {
        stages = List.copyOf(stages);
    }

    /** Bytes that the process needs beside the Java heap, in its peak stage. */
    public long overhead() {
        return peak().total() - touchedHeap;
    }

    /** The stage that needs the most memory. */
    public Stage peak() {
        return stages.stream().max(Comparator.comparingLong(Stage::total)).orElseThrow();
    }
}
