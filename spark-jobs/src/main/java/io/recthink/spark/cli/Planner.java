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
 * A plan beside what there is.
 *
 * @param work with the longest prompts
 * @param typical the same with prompts as they mostly are
 * @param cluster its processes
 * @param limits their memory
 * @param timing how a step is timed
 */
record Planner(Workload work, Workload typical, Cluster cluster, Limits limits, Timing timing) {
    List<ProcessMemory> processes() {
        return MemoryPlan.of(work, cluster);
    }

    /** The processes that need more than there is. */
    List<ProcessMemory> tooLarge() {
        return tooLarge(work, cluster);
    }

    private List<ProcessMemory> tooLarge(Workload work, Cluster cluster) {
        return MemoryPlan.of(work, cluster).stream()
                .filter(limits::isExceededBy)
                .toList();
    }

    /** The processes that are compared with nothing, since nobody has said what they may take. */
    List<ProcessMemory> notCompared() {
        return processes().stream()
                .filter(process -> limits.of(process).isEmpty())
                .toList();
    }

    /** Whether all fits; empty where nothing is too large and something is compared with nothing. */
    Optional<Boolean> fits() {
        if (!tooLarge().isEmpty()) {
            return Optional.of(false);
        }
        return notCompared().isEmpty() ? Optional.of(true) : Optional.empty();
    }

    /** The settings with which everything fits. */
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

    /** Whether all fits where the activations are kept; empty where the memory of what computes gradients is not known. */
    Optional<Boolean> keepingFits() {
        boolean unknown = notCompared().stream().anyMatch(Planner::computes);
        return unknown
                ? Optional.empty()
                : Optional.of(tooLarge(work.withRecompute(false), cluster).isEmpty());
    }

    /** The largest need of memory of what computes gradients, where the layers are computed again or are kept. */
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

    /** Seconds of a step that computing the layers again takes. */
    double recomputeSeconds() {
        return time(typical.withRecompute(true)).total()
                - time(typical.withRecompute(false)).total();
    }

    boolean onGpus() {
        return cluster.layout() == Layout.GPUS;
    }
}
