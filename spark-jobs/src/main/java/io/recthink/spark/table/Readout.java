package io.recthink.spark.table;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.recthink.InvalidInputException;
import java.io.Serializable;

/**
 * The rule that reads one rating from a system's output for a row, named as in tables of predictions. It decides which
 * error ranks a row of the comparison: a mean minimises squared errors, a median absolute errors.
 *
 * @param name not blank; tables of other programs may have any name
 */
public record Readout(@JsonValue String name) implements Serializable {
    /** The rating of the greedy completion. */
    public static final Readout GREEDY = new Readout("greedy");

    /** The mean of a distribution of ratings. */
    public static final Readout EXPECTATION = new Readout("expectation");

    /** The median of a distribution of ratings. */
    public static final Readout MEDIAN = new Readout("median");

    /** The only number of a system; default for tables without a read-out. */
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

    /** Whether MAE ranks it: every read-out except means. */
    public boolean rankedByMae() {
        return !isMean();
    }

    /** Whether RMSE ranks it: means, and open read-outs. */
    public boolean rankedByRmse() {
        return isMean() || isOpen();
    }

    /** Whether it is open, which is neither mean, nor median, nor greedy: both errors rank it. */
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
