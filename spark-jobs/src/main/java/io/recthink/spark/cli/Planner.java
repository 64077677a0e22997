package io.recthink.spark.cli;

import io.recthink.plan.Cluster;
import io.recthink.plan.Cluster.Layout;
import io.recthink.plan.MemoryPlan;
import io.recthink.plan.ProcessMemory;
import io.recthink.plan.Remedies;
import io.recthink.plan.Remedies.Remedy;
import io.recthink.plan.StepTime;
import io.recthink.plan.Workload;
import io.recthink.spark.cli.RateOptions.Timing;
import java.util.List;
import java.util.Optional;

/**
 * Compares the memory that a training needs with the limits of its processes, and computes the time of a step.
 *
 * @param work the steps with the longest prompts
 * @param typical the steps with prompts of typical length
 * @param cluster the processes
 * @param limits the largest memory of the processes
 * @param timing how to compute the time of a step
 */
record Planner(Workload work, Workload typical, Cluster cluster, Limits limits, Timing timing) {
    List<ProcessMemory> processes() {
        return MemoryPlan.of(work, cluster);
    }

    /** Returns the processes that need more memory than their limit. */
    List<ProcessMemory> tooLarge() {
        return tooLarge(work, cluster);
    }

    private List<ProcessMemory> tooLarge(Workload work, Cluster cluster) {
        return MemoryPlan.of(work, cluster).stream()
                .filter(limits::isExceededBy)
                .toList();
    }

    /** Returns the processes whose limit is unknown. */
    List<ProcessMemory> notCompared() {
        return processes().stream()
                .filter(process -> limits.of(process).isEmpty())
                .toList();
    }

    /** Whether all processes fit; empty if no process is too large and at least one limit is unknown. */
    Optional<Boolean> fits() {
        if (!tooLarge().isEmpty()) {
            return Optional.of(false);
        }
        return notCompared().isEmpty() ? Optional.of(true) : Optional.empty();
    }

    /** Returns changes of settings with which no process is too large. */
    List<Remedy> remedies() {
        return Remedies.of(work, cluster, remedy -> tooLarge(remedy.work(), remedy.cluster())
                .isEmpty());
    }

    StepTime time() {
        return time(typical);
    }

    private StepTime time(Workload work) {
        return StepTime.of(work, cluster.executors() * cluster.tasks(), timing.rates())
                .times(timing.factors());
    }

    /**
     * Whether no process is too large with {@code model.recompute: false}; empty if the limit of a process that
     * computes gradients is unknown.
     */
    Optional<Boolean> keepingFits() {
        boolean unknown = notCompared().stream().anyMatch(Planner::computes);
        return unknown
                ? Optional.empty()
                : Optional.of(tooLarge(work.withRecompute(false), cluster).isEmpty());
    }

    /** Returns the largest memory in bytes of the processes that compute gradients, with or without recomputation. */
    long gradientPeak(boolean recompute) {
        return MemoryPlan.of(work.withRecompute(recompute), cluster).stream()
                .filter(Planner::computes)
                .mapToLong(process -> process.peak().total())
                .max()
                .orElseThrow();
    }

    private static boolean computes(ProcessMemory process) {
        return process.stages().size() > 1;
    }

    /** Returns the seconds by which recomputation of the layers lengthens a step. */
    double recomputeSeconds() {
        return time(typical.withRecompute(true)).total()
                - time(typical.withRecompute(false)).total();
    }

    boolean onGpus() {
        return cluster.layout() == Layout.GPUS;
    }
}
