package io.recthink.spark.training;

import io.recthink.InvalidInputException;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.run.Best;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Scores all policies of a run in the same way. */
public interface Validation {
    /**
     * Measures a policy.
     *
     * @param path a folder for predictions, if the validation writes any; it must not exist
     */
    Outcome of(PolicyReference policy, String path);

    /** The result of a validation. */
    sealed interface Outcome permits Errors, Measured {
        /** The metrics of the step, by their names in {@code metrics.json}. */
        Map<String, Double> metrics();

        /** The policy of a step with this score as a candidate for the best one. */
        Best at(int step);
    }

    /**
     * The errors on all validation rows. Failed answers count with the prediction of the bias model.
     *
     * @param mae mean absolute error, which decides
     * @param rmse root mean squared error
     * @param failures share of completions without a rating
     * @param more other measures, by the name of their metric
     */
    record Errors(double mae, double rmse, double failures, Map<String, Double> more) implements Outcome {
        public Errors {
            more = Map.copyOf(more);
        }

        @Override
        public Map<String, Double> metrics() {
            Map<String, Double> metrics = new LinkedHashMap<>();
            metrics.put("eval/mae", mae);
            metrics.put("eval/rmse", rmse);
            metrics.put("eval/failures", failures);
            new TreeMap<>(more).forEach((name, value) -> metrics.put("eval/" + name, value));
            return metrics;
        }

        @Override
        public Best at(int step) {
            return new Best(step, mae, failures);
        }
    }

    /**
     * One number.
     *
     * @param name name of the metric, without {@code eval/}
     * @param value finite
     * @param larger whether a larger value is better
     */
    record Measured(String name, double value, boolean larger) implements Outcome {
        public Measured {
            if (!Double.isFinite(value)) {
                throw new InvalidInputException(
                        "%s of a policy is %s on validation: the training diverges, or the measure has nothing to measure. Lower the learning rate, or look at the measure."
                                .formatted(name, value));
            }
        }

        @Override
        public Map<String, Double> metrics() {
            return Map.of("eval/" + name, value);
        }

        @Override
        public Best at(int step) {
            return Best.by(step, new Best.Measured("eval/" + name, value, larger));
        }
    }
}
