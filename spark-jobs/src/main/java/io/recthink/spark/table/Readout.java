package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.recthink.InvalidInputException;
import java.io.Serializable;

/**
 * How one rating is read from what a system says of a row, by the name that stands in tables of predictions. It decides by
 * which error a row of the comparison is ranked: a mean is best for squared errors, a median for absolute ones.
 *
 * @param name not blank; another program's tables may have any
 */
public record Readout(@JsonValue String name) implements Serializable {
    /** The rating of the greedy completion. */
    public static final Readout GREEDY = new Readout("greedy");

    /** The mean of a distribution of ratings. */
    public static final Readout EXPECTATION = new Readout("expectation");

    /** The median of a distribution of ratings. */
    public static final Readout MEDIAN = new Readout("median");

    /** The one number of a system that says no more. */
    public static final Readout POINT = new Readout("point");

    private static final String MEAN_OF = "mean";

    @JsonCreator
    public Readout {
        if (name.isBlank()) {
            throw new InvalidInputException("a read-out without a name");
        }
    }

    /** The mean of the ratings of some samples. */
    public static Readout meanOf(int samples) {
        return new Readout(MEAN_OF + "-of-" + samples);
    }

    /** The median of the ratings of some samples. */
    public static Readout medianOf(int samples) {
        return new Readout(MEDIAN.name + "-of-" + samples);
    }

    /** Whether it estimates a median, or nothing in particular. */
    public boolean rankedByMae() {
        return !isMean();
    }

    /** Whether it estimates a mean, or nothing in particular. */
    public boolean rankedByRmse() {
        return isMean() || isOpen();
    }

    /** Whether it estimates nothing in particular: such a row is ranked by both errors. */
    public boolean isOpen() {
        return !isMean() && !equals(GREEDY) && !name.startsWith(MEDIAN.name);
    }

    private boolean isMean() {
        return equals(EXPECTATION) || name.startsWith(MEAN_OF);
    }

    @Override
    public String toString() {
        return name;
    }
}
