package io.recthink.spark.cli;

import java.util.OptionalDouble;

/**
 * One line of the benchmark.
 *
 * @param name what was measured
 * @param tokens tokens computed
 * @param seconds wall clock
 * @param occupancy of a rollout: the mean share of the batch's rows that grew
 * @param peakResidentBytes the largest resident set of the process so far
 */
record Measurement(String name, long tokens, double seconds, OptionalDouble occupancy, long peakResidentBytes) {
    double tokensPerSecond() {
        return tokens / seconds;
    }
}
