package io.recthink.plan;

import io.recthink.model.ComputeType;
import io.recthink.model.LoraConfig;
import io.recthink.model.ModelConfig;
import java.util.Optional;

/**
 * The training steps to plan, as far as memory and time depend on them.
 *
 * @param model the shape of the model
 * @param type type of the operands of matrix products
 * @param lora the adapter that training learns; empty: training learns all weights
 * @param recompute whether the backward pass computes the layers again
 * @param promptTokens tokens of the longest prompt
 * @param completionTokens tokens of the longest completion
 * @param groupSize completions of a prompt
 * @param promptsPerStep prompts of a step
 * @param rolloutPartitions tasks that sample
 * @param rolloutRows completions of a task that grow at the same time
 * @param gradientPartitions tasks that compute gradients
 * @param gradientGroups groups in one forward pass
 * @param reference whether a KL term needs the start policy
 */
public record Workload(
        ModelConfig model,
        ComputeType type,
        Optional<LoraConfig> lora,
        boolean recompute,
        int promptTokens,
        int completionTokens,
        int groupSize,
        int promptsPerStep,
        int rolloutPartitions,
        int rolloutRows,
        int gradientPartitions,
        int gradientGroups,
        boolean reference) {
    public Workload {
        requirePositive("promptTokens", promptTokens);
        requirePositive("completionTokens", completionTokens);
        requirePositive("groupSize", groupSize);
        requirePositive("promptsPerStep", promptsPerStep);
        requirePositive("rolloutPartitions", rolloutPartitions);
        requirePositive("rolloutRows", rolloutRows);
        requirePositive("gradientPartitions", gradientPartitions);
        requirePositive("gradientGroups", gradientGroups);
    }

    /** Returns this workload with another type of operands. */
    public Workload withType(ComputeType other) {
        return with(other, lora, recompute, rolloutRows, gradientGroups);
    }

    /** Returns this workload with an adapter. */
    public Workload withLora(LoraConfig adapter) {
        return with(type, Optional.of(adapter), recompute, rolloutRows, gradientGroups);
    }

    /** Returns this workload with or without computing layers again. */
    public Workload withRecompute(boolean other) {
        return with(type, lora, other, rolloutRows, gradientGroups);
    }

    /** Returns this workload with another number of prompts whose completions grow at the same time. */
    public Workload withRolloutPrompts(int prompts) {
        return with(type, lora, recompute, Math.multiplyExact(prompts, groupSize), gradientGroups);
    }

    /** Returns this workload with another number of groups in one forward pass. */
    public Workload withGradientGroups(int groups) {
        return with(type, lora, recompute, rolloutRows, groups);
    }

    private Workload with(
            ComputeType type, Optional<LoraConfig> lora, boolean recompute, int rolloutRows, int gradientGroups) {
        return new Workload(
                model,
                type,
                lora,
                recompute,
                promptTokens,
                completionTokens,
                groupSize,
                promptsPerStep,
                rolloutPartitions,
                rolloutRows,
                gradientPartitions,
                gradientGroups,
                reference);
    }

    /** Prompts of the largest rollout task. */
    int promptsOfARollout() {
        return ceilDivide(promptsPerStep, rolloutPartitions);
    }

    /** Completions of a rollout task that grow at the same time. */
    long rows() {
        long all = (long) promptsOfARollout() * groupSize;
        return Math.min(all, Math.max(groupSize, rolloutRows));
    }

    /** Groups of the largest gradient task. */
    int groupsOfAGradient() {
        return ceilDivide(promptsPerStep, gradientPartitions);
    }

    /** Groups of the largest forward pass. */
    int groupsInAPass() {
        return Math.min(gradientGroups, groupsOfAGradient());
    }

    /** Positions of a group in a forward pass. The last token of a completion takes no position. */
    long positionsOfAGroup() {
        return promptTokens + (long) groupSize * Math.max(1, completionTokens - 1);
    }

    static int ceilDivide(int a, int b) {
        return (a + b - 1) / b;
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 (was " + value + ")");
        }
    }
}
