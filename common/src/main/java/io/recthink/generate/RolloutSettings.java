package io.recthink.generate;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.io.Serializable;

/** The configuration section {@code rollout}: how completions are sampled. */
public record RolloutSettings(int maxTokens, double temperature, double topP, int partitions, int microBatch)
        implements Section, Serializable {
    /** Returns these settings with another largest number of tokens of a completion. */
    public RolloutSettings withMaxTokens(int tokens) {
        return new RolloutSettings(tokens, temperature, topP, partitions, microBatch);
    }

    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "maxTokens", maxTokens);
        problems.positive("temperature", temperature);
        problems.require(topP > 0 && topP <= 1, "topP", "above 0 and at most 1", topP);
        problems.atLeast(1, "partitions", partitions);
        problems.atLeast(1, "microBatch", microBatch);
    }
}
