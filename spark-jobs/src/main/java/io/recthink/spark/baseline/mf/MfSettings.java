package io.recthink.spark.baseline.mf;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.util.List;

/**
 * The section {@code mf}: matrix factorisation. The lists contain the values that the search on validation may combine.
 */
public record MfSettings(
        List<String> systems,
        boolean biases,
        List<Integer> factors,
        List<Double> learningRates,
        List<Double> factorPenalties,
        List<Double> biasPenalties,
        int maxEpochs,
        int patience,
        double maxUpdates,
        int minSettings,
        int blocks,
        int parallelism,
        AlsSettings als)
        implements Section {
    /**
     * The maximum number of user blocks, and of item blocks. An epoch has one pass per block, and a user block has one
     * block of ratings per item block.
     */
    public static final int MAX_BLOCKS = 1000;

    public MfSettings {
        systems = List.copyOf(systems);
        factors = List.copyOf(factors);
        learningRates = List.copyOf(learningRates);
        factorPenalties = List.copyOf(factorPenalties);
        biasPenalties = List.copyOf(biasPenalties);
    }

    @Override
    public void check(Problems problems) {
        problems.each("factors", "at least 1", factors, size -> size >= 1);
        problems.each("learningRates", "positive", learningRates, rate -> rate > 0 && Double.isFinite(rate));
        problems.each("factorPenalties", "at least 0", factorPenalties, penalty -> penalty >= 0);
        problems.each("biasPenalties", "at least 0", biasPenalties, penalty -> penalty >= 0);
        problems.atLeast(1, "maxEpochs", maxEpochs);
        problems.atLeast(1, "patience", patience);
        problems.positive("maxUpdates", maxUpdates);
        problems.atLeast(1, "minSettings", minSettings);
        problems.between(0, MAX_BLOCKS, "blocks", blocks);
        problems.atLeast(1, "parallelism", parallelism);
        als.check(problems.in("als"));
    }
}
