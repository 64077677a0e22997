package io.recthink.spark.coldstart;

import io.recthink.config.Problems;
import io.recthink.config.Section;

/** The section {@code initModel}: the small random model of {@code init-model}, a Llama with a tied head. */
public record InitModelSettings(
        int maxVocabulary,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int maxPositions,
        double standardDeviation)
        implements Section {
    @Override
    public void check(Problems problems) {
        problems.between(64, 100_000, "maxVocabulary", maxVocabulary);
        problems.atLeast(1, "intermediateSize", intermediateSize);
        problems.atLeast(1, "layers", layers);
        problems.atLeast(1, "heads", heads);
        problems.require(
                heads > 0 && hiddenSize > 0 && hiddenSize % (2 * heads) == 0,
                "hiddenSize",
                "an even multiple of heads " + heads,
                hiddenSize);
        problems.require(
                keyValueHeads > 0 && heads % keyValueHeads == 0,
                "keyValueHeads",
                "a divisor of heads " + heads,
                keyValueHeads);
        problems.atLeast(1, "maxPositions", maxPositions);
        problems.positive("standardDeviation", standardDeviation);
    }
}
