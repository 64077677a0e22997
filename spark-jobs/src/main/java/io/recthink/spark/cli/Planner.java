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
                .filter(process -> process.peak().total() > limit(process))
                .toList();
    }

    long limit(ProcessMemory process) {
        return switch (process.place()) {
            case DRIVER -> limits.driver();
            case EXECUTOR -> limits.executor();
            case GPU -> limits.gpu();
        };
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

    /** Whether all fits where the activations are kept. */
    boolean keepingFits() {
        return tooLarge(work.withRecompute(false), cluster).isEmpty();
    }

    /** The largest need of memory of what computes gradients where the activations are kept. */
    long keepingPeak() {
        return MemoryPlan.of(work.withRecompute(false), cluster).stream()
                .filter(process -> process.stages().size() > 1)
                .mapToLong(process -> process.peak().total())
                .max()
                .orElseThrow();
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
