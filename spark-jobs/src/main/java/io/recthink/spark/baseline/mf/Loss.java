package io.recthink.spark.baseline.mf;

import io.recthink.spark.table.Readout;

/**
 * What the training minimises, and so which read-out of the ratings' distribution the predictions are. The loss of an
 * error e = y - yhat has {@link #pull} as half its negative slope in yhat, so that a step of stochastic gradient descent
 * on loss + penalty is {@code x += learningRate * (pull * partner - penalty * x)} with either loss, as is usual for squares.
 */
enum Loss {
    /** Squares: the predictions are expectations. */
    SQUARED("squared", Readout.EXPECTATION) {
        @Override
        double of(double error) {
            return error * error;
        }

        @Override
        float pull(float error) {
            return error;
        }

        @Override
        double validation(double error) {
            return error * error;
        }
    },

    /**
     * Absolute errors, rounded off by Huber's loss with delta 0.25: the predictions are medians. Huber's loss is taken
     * 2 / delta times, so that an error beyond delta pulls by 1, as much as an error of 1 does under squares: the same
     * learning rates and penalties then suit both losses.
     */
    ABSOLUTE("absolute", Readout.MEDIAN) {
        @Override
        double of(double error) {
            double size = Math.abs(error);
            double huber = size <= DELTA ? error * error / 2 : DELTA * (size - DELTA / 2);
            return huber * 2 / DELTA;
        }

        @Override
        float pull(float error) {
            return Math.max(-1, Math.min(1, error / DELTA));
        }

        @Override
        double validation(double error) {
            return Math.abs(error);
        }
    };

    private static final float DELTA = 0.25f;

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // a record of a text
    private final Readout readout;

    Loss(String label, Readout readout) {
        this.label = label;
        this.readout = readout;
    }

    /** The name in reports. */
    String label() {
        return label;
    }

    /** The read-out that predictions are stored under. */
    Readout readout() {
        return readout;
    }

    /** The loss of one training rating, without penalties. */
    abstract double of(double error);

    /** How strongly an error pulls the prediction. */
    abstract float pull(float error);

    /** The loss of one validation rating: what the early stop and the choice of the setting go by. */
    abstract double validation(double error);
}
