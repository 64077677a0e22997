package io.recthink.spark.baseline.review;

import io.recthink.config.Problems;
import io.recthink.review.BatchReader;
import io.recthink.review.NARRE;
import io.recthink.review.ReviewNetwork;
import java.util.List;

/** The settings {@code review.narre}. */
public record NarreSettings(
        int batch,
        double share,
        int maxReviews,
        int maxTokens,
        int attention,
        boolean maskPadding,
        List<Integer> latent,
        List<Double> learningRates,
        List<Double> dropouts,
        List<Double> penalties)
        implements NetworkSettings {
    public NarreSettings {
        latent = List.copyOf(latent);
        learningRates = List.copyOf(learningRates);
        dropouts = List.copyOf(dropouts);
        penalties = List.copyOf(penalties);
    }

    @Override
    public String system() {
        return "NARRE";
    }

    @Override
    public List<Setting> settings() {
        return NetworkSettings.combined(latent, learningRates, NONE, penalties, dropouts);
    }

    @Override
    public ReviewNetwork network(Setting setting, Reading reading) {
        ReviewLimits limits = reading.limits();
        return new NARRE(
                reading.sizes(setting, limits.tokens(), 0, attention),
                Math.max(limits.userReviews(), limits.itemReviews()),
                maskPadding);
    }

    @Override
    public BatchReader.Form form(ReviewLimits limits, boolean masked) {
        return new BatchReader.Form(limits.tokens(), limits.userReviews(), limits.itemReviews(), masked);
    }

    @Override
    public void check(Problems problems) {
        NetworkSettings.check(problems, batch, latent, learningRates, dropouts);
        problems.between(0.01, 1, "share", share);
        problems.atLeast(1, "maxReviews", maxReviews);
        problems.atLeast(3, "maxTokens", maxTokens);
        problems.atLeast(1, "attention", attention);
        problems.each("penalties", "at least 0", penalties, penalty -> penalty >= 0 && Double.isFinite(penalty));
    }
}
