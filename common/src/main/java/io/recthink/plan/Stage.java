package io.recthink.plan;

/**
 * The memory of a process in one stage of a step, in bytes.
 *
 * @param name rollout, gradient, update
 * @param weights weights of the policy and of a reference, in the type of the computation
 * @param gradients native gradient sums, and gradients in transit in the Java heap
 * @param optimizer FP32 master weights and both moments, in the Java heap
 * @param keysAndValues the cache of prompts and completions
 * @param activations all other tensors
 * @param runtime Java, Spark and the native libraries, and the touched Java heap that no live object uses
 */
public record Stage(
        String name, long weights, long gradients, long optimizer, long keysAndValues, long activations, long runtime) {
    /** The sum of all parts. */
    public long total() {
        return weights + gradients + optimizer + keysAndValues + activations + runtime;
    }
}
