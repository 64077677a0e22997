package io.recthink.spark.training;

import io.recthink.spark.policy.PolicyReference;
import java.util.Map;

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
     * @param more what else was seen, by the name of its metric
     */
    record Score(double mae, double rmse, double failures, Map<String, Double> more) {
        public Score {
            more = Map.copyOf(more);
        }

        /** The errors alone. */
        public Score(double mae, double rmse, double failures) {
            this(mae, rmse, failures, Map.of());
        }
    }
}
