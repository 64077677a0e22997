package io.recthink.spark.gradient;

import io.recthink.learn.GradientStatistics;
import io.recthink.learn.ParameterVector;

/**
 * The gradient of one optimiser step.
 *
 * @param gradient the sum over the tasks, in the order of their partitions
 * @param statistics the statistics of the computed groups; dead groups are not computed
 * @param engineSeconds the time in which at least one task computed
 * @param peakResidentBytes the largest resident set among the processes of the tasks
 */
public record StepGradient(
        ParameterVector gradient, GradientStatistics statistics, double engineSeconds, long peakResidentBytes) {}
