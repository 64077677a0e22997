package io.recthink.plan;

/**
 * What a process holds in one stage of a step, in bytes.
 *
 * @param name rollout, gradient, update
 * @param weights of the policy and of a reference, as they are computed with
 * @param gradients native sums, and those on their way in the Java heap
 * @param optimizer FP32 master weights and both moments, in the Java heap
 * @param keysAndValues the cache of prompts and completions
 * @param activations everything else that tensors take
 * @param runtime Java, Spark and the native libraries, and what the Java heap takes beyond what is in use
 */
public record Stage(
        String name, long weights, long gradients, long optimizer, long keysAndValues, long activations, long runtime) {
    /** All of it. */
    public long total() {
        return weights + gradients + optimizer + keysAndValues + activations + runtime;
    }
}
