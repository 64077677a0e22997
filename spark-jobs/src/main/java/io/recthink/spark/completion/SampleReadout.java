package io.recthink.spark.completion;

import io.recthink.spark.table.Readout;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.math3.stat.StatUtils;

/** What is read from the completions of a prompt. Completions without a rating do not take part. */
enum SampleReadout {
    /** The rating of the greedy completion. */
    GREEDY,
    /** The mean of the ratings of samples: what squared errors ask for. */
    MEAN,
    /** The median of the ratings of samples, of an even number the middle of the two middle ones: for absolute errors. */
    MEDIAN;

    /** The read-out as tables name it, for example {@code mean-of-8}. */
    Readout named(int samples) {
        return switch (this) {
            case GREEDY -> Readout.GREEDY;
            case MEAN -> Readout.meanOf(samples);
            case MEDIAN -> Readout.medianOf(samples);
        };
    }

    /** The rating, or nothing when no completion has one. */
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
