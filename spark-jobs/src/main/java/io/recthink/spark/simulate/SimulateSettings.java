package io.recthink.spark.simulate;

import io.recthink.config.Problems;
import io.recthink.config.Section;
import java.io.Serializable;

/** The simulated warehouse log. */
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
        double noise)
        implements Section, Serializable {
    /** The most aspects: more would make the exact posterior of a user's tastes too long to enumerate. */
    public static final int MAX_ASPECTS = 10;

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
    }

    /** Whether users or items differ in how many reviews they have. */
    public boolean skewed() {
        return heaviestUser > 0 || popularity > 0;
    }
}
