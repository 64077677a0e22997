package io.recthink.spark.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import java.util.Objects;

/**
 * The best policy so far: by its error on validation rows, or by another number.
 *
 * @param step whose policy it is
 * @param mae its mean absolute error on the validation rows, failed parses replaced by the bias model; null where another
 *     number decides
 * @param failures share of the validation rows whose answer has no rating, 0 to 1; null where another number decides, and
 *     in a run that was begun before it was recorded
 * @param measured the number that decides instead; null where the error does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Best(int step, Double mae, Double failures, Measured measured) {
    public Best {
        if ((mae == null) == (measured == null)) {
            throw new IllegalArgumentException("the best policy has either an error or another number");
        }
    }

    /** The best by its error. */
    public Best(int step, double mae, Double failures) {
        this(step, mae, failures, null);
    }

    /** The best by another number. */
    public static Best by(int step, Measured measured) {
        return new Best(step, null, null, Objects.requireNonNull(measured));
    }

    /**
     * A number that policies are chosen by.
     *
     * @param name as in {@code metrics.json}
     * @param larger whether a larger value is better
     */
    public record Measured(String name, double value, boolean larger) {
        boolean isBelow(Measured other) {
            return larger ? other.value > value : other.value < value;
        }
    }

    /**
     * The better of the two; the earlier one when they are equal. Failed answers have the error of the bias model, which is
     * often below that of a policy that answers, so a policy that fails too often loses whatever its error is.
     *
     * @param maxFailed the share of failures above which a policy loses against one that is not above it; of two that are
     *     above, the one with fewer failures is better
     */
    public Best orBetter(Best other, double maxFailed) {
        if (measured != null) {
            return measured.isBelow(other.measured) ? other : this;
        }
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

    /** What it was chosen by, for people: {@code MAE 0.6123} or the name and the value of the number. */
    public String value() {
        return measured == null
                ? String.format(Locale.ROOT, "MAE %.4f", mae)
                : String.format(Locale.ROOT, "%s %.4f", measured.name, measured.value);
    }
}
