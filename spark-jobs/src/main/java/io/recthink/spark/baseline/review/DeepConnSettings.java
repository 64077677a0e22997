package io.recthink.spark.baseline.review;

import io.recthink.config.Problems;
import io.recthink.review.BatchReader;
import io.recthink.review.DeepCoNN;
import io.recthink.review.ReviewNetwork;
import java.util.List;

/** The settings {@code review.deepconn}. */
public record DeepConnSettings(
        int batch,
        int tokens,
        int interactions,
        boolean idBias,
        List<Integer> latent,
        List<Double> learningRates,
        List<Double> weightDecays,
        List<Double> dropouts)
        implements NetworkSettings {
    public DeepConnSettings {
        latent = List.copyOf(latent);
        learningRates = List.copyOf(learningRates);
        weightDecays = List.copyOf(weightDecays);
        dropouts = List.copyOf(dropouts);
    }

    @Override
    public String system() {
        return "DeepCoNN";
    }

    @Override
    public List<Setting> settings() {
        return NetworkSettings.combined(latent, learningRates, weightDecays, NONE, dropouts);
    }

    @Override
    public ReviewNetwork network(Setting setting, Reading reading) {
        return new DeepCoNN(reading.sizes(setting, tokens, interactions, 0), idBias);
    }

    @Override
    public BatchReader.Form form(ReviewLimits limits, boolean masked) {
        return BatchReader.Form.documents(tokens, masked);
    }

    @Override
    public void check(Problems problems) {
        NetworkSettings.check(problems, batch, latent, learningRates, dropouts);
        problems.atLeast(3, "tokens", tokens);
        problems.atLeast(1, "interactions", interactions);
        problems.each("weightDecays", "at least 0", weightDecays, decay -> decay >= 0 && Double.isFinite(decay));
    }
}
