package io.recthink.spark.cli;

import java.util.OptionalDouble;

/**
 * One measurement of {@code benchmark}.
 *
 * @param name what was measured
 * @param tokens computed tokens; for the update the number of parameters
 * @param seconds wall-clock time
 * @param occupancy mean share of the rows of a batch that generate a token; only for a rollout
 * @param peakResidentBytes largest resident set of the process up to now
 */
record Measurement(String name, long tokens, double seconds, OptionalDouble occupancy, long peakResidentBytes) {
    double tokensPerSecond() {
        return tokens / seconds;
    }
}
