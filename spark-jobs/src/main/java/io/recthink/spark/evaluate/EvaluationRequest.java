package io.recthink.spark.evaluate;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.ValidationSettings;
import java.util.List;
import java.util.Optional;

/**
 * Input and settings of an evaluation.
 *
 * @param data folder of the data set
 * @param predictions folder with one folder or file of predictions a system
 * @param validationPredictions the same for validation rows, on which isotonic maps are fitted; empty: no maps
 * @param split the split whose rows are scored: train, validation or test
 * @param rows size of the sample of rows, drawn as for {@code predict.rows}; 0: all
 * @param systems the expected systems, in the order of the table; other systems follow by name
 * @param prompt prompt settings of the systems whose training is not known
 * @param settings reference, intervals, rule for unequal rows
 * @param maxFailed largest share of failed rows of a system that has a rank
 * @param seed seed of the resamples
 */
public record EvaluationRequest(
        String data,
        String predictions,
        Optional<String> validationPredictions,
        String split,
        int rows,
        List<String> systems,
        PromptSettings prompt,
        CompareSettings settings,
        double maxFailed,
        long seed) {
    public EvaluationRequest {
        systems = List.copyOf(systems);
    }

    /**
     * The request of a configuration: sections {@code paths}, {@code predict}, {@code prompt}, {@code compare},
     * {@code validation} and {@code seed}.
     */
    public static EvaluationRequest of(Configuration configuration) {
        Paths paths = configuration.paths();
        PredictSettings predict = configuration.get(PredictSettings.class);
        return new EvaluationRequest(
                paths.resolve(paths.data()),
                paths.resolve(paths.predictions()),
                // When another split is scored, it may be the validation rows themselves: then no map may be fitted on
                // them.
                predict.split().equals("test")
                        ? Optional.of(paths.resolve(paths.validationPredictions()))
                        : Optional.empty(),
                predict.split(),
                predict.rows(),
                List.copyOf(predict.policies().keySet()),
                configuration.get(PromptSettings.class),
                configuration.get(CompareSettings.class),
                configuration.get(ValidationSettings.class).maxFailed(),
                configuration.seed());
    }

    /**
     * This request for other predictions of the same rows: without validation predictions, expected systems or focus.
     *
     * @param reference the new reference, one of the other systems
     */
    public EvaluationRequest ofOnly(String otherPredictions, String reference) {
        return new EvaluationRequest(
                data,
                otherPredictions,
                Optional.empty(),
                split,
                rows,
                List.of(),
                prompt,
                settings.comparedWith(reference),
                maxFailed,
                seed);
    }
}
