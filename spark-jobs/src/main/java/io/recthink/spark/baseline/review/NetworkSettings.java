package io.recthink.spark.baseline.review;

import io.recthink.config.Problems;
import io.recthink.review.BatchReader;
import io.recthink.review.ReviewNetwork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The settings of one kind of network: its sizes, and the lists that a search may combine. */
interface NetworkSettings {
    /** The values of a hyper-parameter that a kind does not have. */
    List<Double> NONE = Collections.singletonList(null);

    /** The name in tables. */
    String system();

    /** The number of rows of a training step. */
    int batch();

    /** All settings that a search may try, the first of all lists first. */
    List<Setting> settings();

    ReviewNetwork network(Setting setting, Reading reading);

    BatchReader.Form form(ReviewLimits limits, boolean masked);

    void check(Problems problems);

    /** All combinations of the values, those of the last list next to each other. */
    static List<Setting> combined(
            List<Integer> latent,
            List<Double> learningRates,
            List<Double> weightDecays,
            List<Double> penalties,
            List<Double> dropouts) {
        List<Setting> all = new ArrayList<>();
        for (int n : latent) {
            for (double rate : learningRates) {
                for (Double decay : weightDecays) {
                    for (Double penalty : penalties) {
                        dropouts.forEach(dropout -> all.add(new Setting(n, rate, dropout, decay, penalty)));
                    }
                }
            }
        }
        return all;
    }

    /** Checks what all kinds have. */
    static void check(
            Problems problems, int batch, List<Integer> latent, List<Double> learningRates, List<Double> dropouts) {
        problems.atLeast(1, "batch", batch);
        problems.each("latent", "at least 1", latent, size -> size >= 1);
        problems.each("learningRates", "positive", learningRates, rate -> rate > 0 && Double.isFinite(rate));
        problems.each("dropouts", "at least 0 and below 1", dropouts, share -> share >= 0 && share < 1);
    }
}
