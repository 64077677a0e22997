package io.recthink.spark.run;

/**
 * The best policy so far.
 *
 * @param step whose policy it is
 * @param mae its mean absolute error on the validation rows, failed parses replaced by the bias model
 * @param failures share of the validation rows whose answer has no rating, 0 to 1; null in a run that was begun before it
 *     was recorded
 */
public record Best(int step, double mae, Double failures) {
    /**
     * The better of the two; the earlier one when they are equal. Failed answers have the error of the bias model, which is
     * often below that of a policy that answers, so a policy that fails too often loses whatever its error is.
     *
     * @param maxFailed the share of failures above which a policy loses against one that is not above it; of two that are
     *     above, the one with fewer failures is better
     */
    public Best orBetter(Best other, double maxFailed) {
        if (fails(maxFailed) != other.fails(maxFailed)) {
            return fails(maxFailed) ? other : this;
        }
        if (fails(maxFailed) && failures.doubleValue() != other.failures) {
            return other.failures < failures ? other : this;
        }
        return other.mae < mae ? other : this;
    }

    /** Whether more of its answers than this share cannot be read. */
    public boolean fails(double maxFailed) {
        return failures != null && failures > maxFailed;
    }
}
