package io.recthink.spark.baseline.mf;

import io.recthink.spark.table.Readout;

/**
 * The loss of the training, which decides the read-out of the predictions. For an error e = y - yhat, {@link #pull} is
 * half the negative slope of the loss in yhat. So a step on loss + penalty is
 * {@code x += learningRate * (pull * partner - penalty * x)} for either loss, as is usual for squares.
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
     * Absolute errors, smoothed by Huber's loss with delta 0.25: the predictions are medians. Huber's loss is
     * multiplied by 2 / delta. So an error beyond delta has a pull of 1, as an error of 1 has under squares. The same
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

    @SuppressWarnings("ImmutableEnumChecker") // a record with one text
    private final Readout readout;

    Loss(String label, Readout readout) {
        this.label = label;
        this.readout = readout;
    }

    /** The name in reports. */
    String label() {
        return label;
    }

    /** The read-out of the predictions. */
    Readout readout() {
        return readout;
    }

    /** The loss of one training rating, without penalties. */
    abstract double of(double error);

    /** The strength with which an error changes the prediction. */
    abstract float pull(float error);

    /** The loss of one validation rating, which decides the early stop and the choice of the setting. */
    abstract double validation(double error);
}
