package io.recthink.learn;

import io.recthink.config.Problems;

/** The settings of AdamW and its learning rate: {@code sft.optimizer} and {@code train.optimizer}. */
public record OptimizerSettings(
        double learningRate,
        Schedule schedule,
        int warmupSteps,
        double finalShare,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        double maxGradNorm) {
    /** Adds the values that are out of range to {@code problems}. */
    public void check(Problems problems) {
        problems.positive("learningRate", learningRate);
        problems.atLeast(0, "warmupSteps", warmupSteps);
        problems.between(0, 1, "finalShare", finalShare);
        problems.require(beta1 >= 0 && beta1 < 1, "beta1", "at least 0 and below 1", beta1);
        problems.require(beta2 >= 0 && beta2 < 1, "beta2", "at least 0 and below 1", beta2);
        problems.positive("epsilon", epsilon);
        problems.require(weightDecay >= 0, "weightDecay", "at least 0", weightDecay);
        problems.positive("maxGradNorm", maxGradNorm);
    }
}
