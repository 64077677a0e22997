package io.recthink.review;

/** What a training minimises, as a function of the error: prediction minus rating. */
public enum RatingLoss {
    /** Squares: predicts the mean. */
    L2 {
        @Override
        double of(double error) {
            return error * error;
        }

        @Override
        double slope(double error) {
            return 2 * error;
        }
    },
    /** Absolute errors: predicts the median. */
    L1 {
        @Override
        double of(double error) {
            return Math.abs(error);
        }

        @Override
        double slope(double error) {
            return Math.signum(error);
        }
    },
    /** Half of the square up to an error of 1, then the absolute error minus one half. */
    HUBER {
        @Override
        double of(double error) {
            double size = Math.abs(error);
            return size <= 1 ? error * error / 2 : size - HALF;
        }

        @Override
        double slope(double error) {
            return Math.max(-1, Math.min(1, error));
        }
    };

    private static final double HALF = 0.5;

    abstract double of(double error);

    abstract double slope(double error);

    /** The factor of a loss in a sum over a batch: NARRE halves squares. */
    private double inSum() {
        return this == L2 ? HALF : 1;
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
