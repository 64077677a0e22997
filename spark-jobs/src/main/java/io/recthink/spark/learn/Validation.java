package io.recthink.spark.learn;

import io.recthink.spark.run.PolicyReference;

/** Scores a policy on a fixed sample of validation rows. */
public interface Validation {
    /**
     * Writes the predictions of a policy and measures them.
     *
     * @param path the folder of the predictions, which must not exist
     */
    Score of(PolicyReference policy, String path);

    /**
     * The errors on all validation rows; failed parses count with the prediction of the bias model.
     *
     * @param mae mean absolute error
     * @param rmse root mean squared error
     * @param failures share of completions without a rating
     */
    record Score(double mae, double rmse, double failures) {}
}
