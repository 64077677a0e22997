package io.recthink.plan;

/**
 * The estimated time of a step: floating point operations and moved bytes divided by their rates, plus the operations
 * between the products. The estimate leaves out scheduling, shuffles, files, and the wait for the longest completions.
 *
 * @param rollout seconds
 * @param gradient seconds
 * @param update seconds
 */
public record StepTime(double rollout, double gradient, double update) {
    /** Seconds of all stages. */
    public double total() {
        return rollout + gradient + update;
    }

    /** Multiplies each stage by the same stage of {@code factors}. */
    public StepTime times(StepTime factors) {
        return new StepTime(rollout * factors.rollout, gradient * factors.gradient, update * factors.update);
    }

    /** Divides each stage by the same stage of another estimate. */
    public StepTime over(StepTime other) {
        return new StepTime(rollout / other.rollout, gradient / other.gradient, update / other.update);
    }

    /**
     * Estimates a step. Tasks that run at the same time share the partitions, so each stage lasts as long as the tasks
     * of the busiest place.
     *
     * @param places tasks that run at the same time, in all executors
     */
    public static StepTime of(Workload work, int places, Rates rates) {
        Operations operations = new Operations(work);
        int rollouts = Math.min(work.rolloutPartitions(), work.promptsPerStep());
        int gradients = Math.min(work.gradientPartitions(), work.promptsPerStep());
        double prefill = work.promptsOfARollout() * operations.prefill() / rates.prefill();
        double layer = rates.layer() + (work.lora().isPresent() ? rates.adapter() : 0);
        double decode = Math.max(
                work.promptsOfARollout() * operations.decode() / rates.decode(),
                operations.decodeSteps()
                        * (operations.weightBytes() / rates.weights()
                                + operations.cacheBytes() / rates.caches()
                                + work.model().layers() * layer));
        double gradient = work.groupsOfAGradient()
                * (operations.gradient() / rates.products() + operations.numbersBetween() * rates.between());
        return new StepTime(
                Workload.ceilDivide(rollouts, places) * (prefill + decode),
                Workload.ceilDivide(gradients, places) * gradient,
                operations.updateBytes() / rates.weights());
    }
}
