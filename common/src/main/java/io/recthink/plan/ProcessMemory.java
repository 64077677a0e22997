package io.recthink.plan;

import java.util.Comparator;
import java.util.List;

/**
 * The memory of a process, or of the device that belongs to it.
 *
 * @param name learner, executor, ...
 * @param place where it is
 * @param count how many there are
 * @param javaHeap bytes of live objects in the Java heap at most; 0 for a device
 * @param touchedHeap bytes of the Java heap that are touched, part of all stages; 0 for a device
 * @param stages what it holds one after the other
 */
public record ProcessMemory(String name, Place place, int count, long javaHeap, long touchedHeap, List<Stage> stages) {
    /** Whose memory it is. */
    public enum Place {
        /** The driver's, or that of the one process there is. */
        DRIVER,
        /** An executor's. */
        EXECUTOR,
        /** That of an executor's GPU. */
        GPU
    }

    public ProcessMemory {
        stages = List.copyOf(stages);
    }

    /** What is needed beside the Java heap, in bytes. */
    public long overhead() {
        return peak().total() - touchedHeap;
    }

    /** The stage that needs most. */
    public Stage peak() {
        return stages.stream().max(Comparator.comparingLong(Stage::total)).orElseThrow();
    }
}
