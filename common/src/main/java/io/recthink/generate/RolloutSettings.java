package io.recthink.generate;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.io.Serializable;

/** How completions are sampled. */
public record RolloutSettings(int maxTokens, double temperature, double topP, int partitions, int microBatch)
        implements Section, Serializable {
    /** The same with completions of another length, in tokens. */
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
