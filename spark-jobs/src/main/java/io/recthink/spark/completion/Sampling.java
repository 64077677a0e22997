package io.recthink.spark.completion;

import io.recthink.Seeds;
import io.recthink.generate.RolloutSettings;
import io.recthink.generate.SamplingOptions;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sampling of completions for each prompt, and the address of its random numbers.
 *
 * @param completions the number of completions of a prompt, at least 1
 * @param seed the seed of the run
 * @param step the step in the address of a completion, see {@link Seeds#of}
 * @param maxRows the maximum number of completions that grow at the same time; one prompt's completions may be more
 */
public record Sampling(SamplingOptions options, int completions, long seed, int step, int maxRows) {

    /** One completion of the most probable tokens, which needs no random numbers. */
    public static Sampling greedy(int maxTokens) {
        return new Sampling(SamplingOptions.greedy(maxTokens), 1, 0, 0, Integer.MAX_VALUE);
    }

    /** Sampling with the section {@code rollout}; all completions of a call grow together. */
    public static Sampling of(RolloutSettings settings, int completions, long seed, int step) {
        SamplingOptions options =
                new SamplingOptions(settings.maxTokens(), settings.temperature(), settings.topP(), List.of(), false);
        return new Sampling(options, completions, seed, step, Integer.MAX_VALUE);
    }

    /** This sampling with at most {@code rows} completions at the same time. */
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
