package io.recthink.spark.evaluate;

import io.recthink.config.Problems;
import io.recthink.config.Section;

/** The section {@code compare} of the configuration. */
public record CompareSettings(
        String reference,
        String focus,
        int resamples,
        int sliceResamples,
        double confidence,
        boolean intersect,
        boolean clip)
        implements Section {
    /** These settings with {@code system} as the reference and without a focus system. */
    public CompareSettings comparedWith(String system) {
        return new CompareSettings(system, "", resamples, sliceResamples, confidence, intersect, clip);
    }

    @Override
    public void check(Problems problems) {
        problems.atLeast(1, "resamples", resamples);
        problems.atLeast(1, "sliceResamples", sliceResamples);
        problems.require(confidence > 0 && confidence < 1, "confidence", "between 0 and 1", confidence);
    }
}
