package io.recthink.spark.train;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import io.recthink.learn.OptimizerSettings;
import io.recthink.learn.Reduction;
import io.recthink.spark.gradient.GradientRequest.ClipAndReduction;
import io.recthink.spark.rollout.PromptDraw;
import io.recthink.spark.score.AdvantageScale;

/** The section {@code train}: GRPO. */
public record TrainSettings(
        String start,
        int steps,
        int promptsPerStep,
        PromptDraw prompts,
        int groupSize,
        int dynamicSampling,
        int partitions,
        int microBatch,
        double clipLow,
        double clipHigh,
        double importanceCap,
        AdvantageScale scaleAdvantage,
        Reduction reduction,
        double klCoefficient,
        double entropyBonus,
        OptimizerSettings optimizer,
        KeepSettings keep,
        GuardSettings guards)
        implements Section {
    /** Largest number of rounds of dynamic sampling: a policy that needs more has nothing to learn from. */
    public static final int MOST_ROUNDS = 100;

    /** The settings of the loss. */
    ClipAndReduction clipAndReduction() {
        return new ClipAndReduction(clipLow, clipHigh, importanceCap, reduction, klCoefficient, entropyBonus);
    }

    @Override
    public void check(Problems problems) {
        problems.require(!start.isBlank(), "start", "warm-start, model or a folder", "'" + start + "'");
        problems.atLeast(1, "steps", steps);
        problems.atLeast(1, "promptsPerStep", promptsPerStep);
        problems.atLeast(2, "groupSize", groupSize);
        problems.between(0, MOST_ROUNDS, "dynamicSampling", dynamicSampling);
        problems.atLeast(1, "partitions", partitions);
        problems.atLeast(1, "microBatch", microBatch);
        problems.require(clipLow >= 0 && clipLow <= 1, "clipLow", "between 0 and 1", clipLow);
        problems.require(clipHigh >= 0, "clipHigh", "at least 0", clipHigh);
        problems.require(
                importanceCap == 0 || (importanceCap >= 1 && Double.isFinite(importanceCap)),
                "importanceCap",
                "0 or at least 1",
                importanceCap);
        problems.require(klCoefficient >= 0, "klCoefficient", "at least 0", klCoefficient);
        problems.require(
                entropyBonus >= 0 && Double.isFinite(entropyBonus),
                "entropyBonus",
                "at least 0 and finite",
                entropyBonus);
        optimizer.check(problems.in("optimizer"));
        keep.check(problems.in("keep"));
        guards.check(problems.in("guards"));
    }
}
