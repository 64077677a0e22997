package io.recthink.review;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;

/**
 * What a training minimises, as a function of the error: prediction minus rating.
 *
 * @param delta HUBER: the size of the error up to which the loss is half its square; unused by the others
 */
public record RatingLoss(Kind kind, double delta) implements Serializable {
    /** Squares: predicts the mean. */
    public static final RatingLoss L2 = new RatingLoss(Kind.L2, 1);

    /** Absolute errors: predicts the median. */
    public static final RatingLoss L1 = new RatingLoss(Kind.L1, 1);

    private static final double HALF = 0.5;

    /** The form of the loss. */
    public enum Kind {
        /** e^2 */
        @JsonProperty("l2")
        L2,
        /** |e| */
        @JsonProperty("l1")
        L1,
        /** e^2 / 2 up to |e| = delta, then delta (|e| - delta / 2). */
        @JsonProperty("huber")
        HUBER
    }

    /** Huber's loss (1964). */
    public static RatingLoss huber(double delta) {
        return new RatingLoss(Kind.HUBER, delta);
    }

    private double of(double error) {
        double size = Math.abs(error);
        return switch (kind) {
            case L2 -> error * error;
            case L1 -> size;
            case HUBER -> size <= delta ? error * error / 2 : delta * (size - delta / 2);
        };
    }

    private double slope(double error) {
        return switch (kind) {
            case L2 -> 2 * error;
            case L1 -> Math.signum(error);
            case HUBER -> Math.max(-delta, Math.min(delta, error));
        };
    }

    /** The factor of a loss in a sum over a batch: NARRE halves squares. */
    private double inSum() {
        return kind == Kind.L2 ? HALF : 1;
    }

    /**
     * The loss of a batch.
     *
     * @param sum whether it is the sum over the rows (of halves of squares), not the mean
     */
    double of(float[] predictions, float[] ratings, boolean sum) {
        double total = 0;
        for (int i = 0; i < predictions.length; i++) {
            total += of((double) predictions[i] - ratings[i]);
        }
        return sum ? total * inSum() : total / predictions.length;
    }

    /** The derivative of {@link #of(float[], float[], boolean)} by each prediction. */
    float[] slopes(float[] predictions, float[] ratings, boolean sum) {
        float[] slopes = new float[predictions.length];
        double factor = sum ? inSum() : 1.0 / predictions.length;
        for (int i = 0; i < predictions.length; i++) {
            slopes[i] = (float) (factor * slope((double) predictions[i] - ratings[i]));
        }
        return slopes;
    }
}
