package io.recthink.spark.completion;

import io.recthink.generate.RolloutSettings;
import io.recthink.generate.SamplingOptions;
import io.recthink.generate.Seeds;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is sampled for each prompt, and where its random numbers come from.
 *
 * @param completions of a prompt, at least 1
 * @param seed of the run
 * @param step in the address of a completion, see {@link Seeds#of}
 * @param maxRows the most completions that grow at a time, unless those of a single prompt are more
 */
public record Sampling(SamplingOptions options, int completions, long seed, int step, int maxRows) {

    /** One completion of the likeliest tokens, which draws no numbers. */
    public static Sampling greedy(int maxTokens) {
        return new Sampling(SamplingOptions.greedy(maxTokens), 1, 0, 0, Integer.MAX_VALUE);
    }

    /** As the settings say; all completions of a call grow together. */
    public static Sampling of(RolloutSettings settings, int completions, long seed, int step) {
        SamplingOptions options =
                new SamplingOptions(settings.maxTokens(), settings.temperature(), settings.topP(), List.of(), false);
        return new Sampling(options, completions, seed, step, Integer.MAX_VALUE);
    }

    /** The same, so many at a time. */
    public Sampling atMost(int rows) {
        return new Sampling(options, completions, seed, step, rows);
    }

    /** The seeds of the completions of an example. */
    long[] seeds(String rowId) {
        return IntStream.range(0, completions)
                .mapToLong(sample -> Seeds.of(seed, step, rowId, sample))
                .toArray();
    }
}
