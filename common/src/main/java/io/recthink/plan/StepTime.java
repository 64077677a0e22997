package io.recthink.plan;

/**
 * The time of a step, estimated: floating point operations and bytes moved over rates, and what stands between them.
 * Scheduling, shuffles, files, and the waiting for the longest completions are not in it.
 *
 * @param rollout seconds
 * @param gradient seconds
 * @param update seconds
 */
public record StepTime(double rollout, double gradient, double update) {
    /** All of it. */
    public double total() {
        return rollout + gradient + update;
    }

    /** Each stage times a factor of its own. */
    public StepTime times(StepTime factors) {
        return new StepTime(rollout * factors.rollout, gradient * factors.gradient, update * factors.update);
    }

    /** Each stage over that of another estimate. */
    public StepTime over(StepTime other) {
        return new StepTime(rollout / other.rollout, gradient / other.gradient, update / other.update);
    }

    /**
     * Estimates a step: partitions are shared out among the tasks that run at a time, so each stage lasts as long as
     * the tasks of the busiest place.
     *
     * @param places tasks that run at a time, in all executors
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
