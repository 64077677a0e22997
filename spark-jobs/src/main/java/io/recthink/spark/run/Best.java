package io.recthink.spark.run;

/**
 * The best policy so far.
 *
 * @param step whose policy it is
 * @param mae its mean absolute error on the validation rows, failed parses replaced by the bias model
 */
public record Best(int step, double mae) {
    /** The better of the two; the earlier one when they are equal. */
    public Best orBetter(Best other) {
        return other.mae < mae ? other : this;
    }
}
