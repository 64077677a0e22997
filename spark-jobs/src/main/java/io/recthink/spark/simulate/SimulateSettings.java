package io.recthink.spark.simulate;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.io.Serializable;

/** The section {@code simulate}: the simulated log. */
public record SimulateSettings(
        LogFormat format,
        int users,
        int items,
        int reviewsPerUser,
        int heaviestUser,
        double popularity,
        int aspects,
        int aspectsPerItem,
        double likeShare,
        double dislikeShare,
        double mention,
        double level,
        double weight,
        double noise,
        DriftSettings drift)
        implements Section, Serializable {
    /** Largest number of aspects: with more, the enumeration of a user's tastes would take too long. */
    public static final int MAX_ASPECTS = 10;

    public SimulateSettings {
        drift = drift == null ? DriftSettings.NONE : drift; // logs of an earlier version do not name it
    }

    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "users", users);
        problems.atLeast(1, "reviewsPerUser", reviewsPerUser);
        problems.atLeast(Math.max(reviewsPerUser, heaviestUser), "items", items);
        problems.atLeast(0, "heaviestUser", heaviestUser);
        problems.between(0, 2, "popularity", popularity);
        problems.between(1, MAX_ASPECTS, "aspects", aspects);
        problems.between(1, aspects, "aspectsPerItem", aspectsPerItem);
        problems.between(0, 1, "likeShare", likeShare);
        problems.between(0, 1 - likeShare, "dislikeShare", dislikeShare);
        problems.between(0, 1, "mention", mention);
        problems.between(1, 5, "level", level);
        problems.positive("weight", weight);
        problems.positive("noise", noise);
        drift.check(problems.in("drift"));
    }

    /** Whether users or items have unequal numbers of reviews. */
    public boolean skewed() {
        return heaviestUser > 0 || popularity > 0;
    }
}
