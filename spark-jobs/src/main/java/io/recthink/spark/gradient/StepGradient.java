package io.recthink.spark.gradient;

import io.recthink.learn.GradientStatistics;
import io.recthink.learn.ParameterVector;

/**
 * The gradient of one optimiser step.
 *
 * @param gradient summed over the tasks in the order of their partitions
 * @param statistics of the groups that were computed; dead groups are not
 * @param engineSeconds in which at least one task computed
 * @param peakResidentBytes the largest resident set among the processes that computed
 */
public record StepGradient(
        ParameterVector gradient, GradientStatistics statistics, double engineSeconds, long peakResidentBytes) {}
