package io.recthink.spark.completion;

import io.recthink.spark.table.Readout;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.math3.stat.StatUtils;

/** The read-outs of the completions of a prompt. Completions without a rating are ignored. */
enum SampleReadout {
    /** The rating of the greedy completion. */
    GREEDY,
    /** The mean of the ratings of samples, which suits squared errors. */
    MEAN,
    /**
     * The median of the ratings of samples, which suits absolute errors. For an even number it is the mean of the two
     * middle ratings.
     */
    MEDIAN;

    /** The name of the read-out in tables, for example {@code mean-of-8}. */
    Readout named(int samples) {
        return switch (this) {
            case GREEDY -> Readout.GREEDY;
            case MEAN -> Readout.meanOf(samples);
            case MEDIAN -> Readout.medianOf(samples);
        };
    }

    /** The rating; empty when no completion has a rating. */
    OptionalDouble of(List<OptionalDouble> ratings) {
        double[] read = ratings.stream()
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
        if (read.length == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(
                switch (this) {
                    case GREEDY -> read[0];
                    case MEAN -> StatUtils.mean(read);
                    case MEDIAN -> StatUtils.percentile(read, 50);
                });
    }
}
