package io.recthink.spark.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import java.util.Objects;

/**
 * The best policy so far: by its error on validation rows, or by another number.
 *
 * @param step step of the policy
 * @param mae mean absolute error on the validation rows, with the bias model's prediction for failed answers; null when
 *     another number decides
 * @param failures share of the validation rows without a readable rating, 0 to 1; null when another number decides, and
 *     in runs of versions that did not record it
 * @param measured the number that decides instead; null when the error decides
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Best(int step, Double mae, Double failures, Measured measured) {
    public Best {
        if ((mae == null) == (measured == null)) {
            throw new IllegalArgumentException("the best policy has either an error or another number");
        }
    }

    /** The best policy by its error. */
    public Best(int step, double mae, Double failures) {
        this(step, mae, failures, null);
    }

    /** The best policy by another number. */
    public static Best by(int step, Measured measured) {
        return new Best(step, null, null, Objects.requireNonNull(measured));
    }

    /**
     * A number that decides which policy is best.
     *
     * @param name name in {@code metrics.json}
     * @param larger whether a larger value is better
     */
    public record Measured(String name, double value, boolean larger) {
        boolean isBelow(Measured other) {
            return larger ? other.value > value : other.value < value;
        }
    }

    /**
     * The better of two policies; the earlier one when they are equal. A failed answer counts with the error of the
     * bias model, which can be smaller than the policy's own error. Therefore a policy with too many failures loses
     * whatever its error is.
     *
     * @param maxFailed share of failures above which a policy loses against a policy at or below it; if both are above,
     *     fewer failures are better
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

    /** Whether the share of unreadable answers is above {@code maxFailed}. */
    public boolean fails(double maxFailed) {
        return failures != null && failures > maxFailed;
    }

    /** The deciding number for people: {@code MAE 0.6123}, or name and value of another number. */
    public String value() {
        return measured == null
                ? String.format(Locale.ROOT, "MAE %.4f", mae)
                : String.format(Locale.ROOT, "%s %.4f", measured.name, measured.value);
    }
}
