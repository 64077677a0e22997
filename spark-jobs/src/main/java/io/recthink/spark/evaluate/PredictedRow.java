package io.recthink.spark.evaluate;

import java.io.Serializable;

/**
 * One evaluated row with the predictions of all systems.
 *
 * @param slices indices of the {@link Slice}s that contain the row, ascending
 * @param yhat [system]
 * @param failed [system]: whether the prediction is the bias model's
 * @param crps [system]: continuous ranked probability score; NaN without probabilities
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PredictedRow(String userId, double truth, int[] slices, double[] yhat, boolean[] failed, double[] crps)
        implements Serializable {
    double error(int system) {
        return yhat[system] - truth;
    }
}
