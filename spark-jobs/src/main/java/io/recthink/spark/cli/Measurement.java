package io.recthink.spark.cli;

/**
 * One line of the benchmark.
 *
 * @param name what was measured
 * @param tokens tokens computed
 * @param seconds wall clock
 * @param peakResidentBytes the largest resident set of the process so far
 */
record Measurement(String name, long tokens, double seconds, long peakResidentBytes) {
    double tokensPerSecond() {
        return tokens / seconds;
    }
}
