package io.recthink.spark.evaluate;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.prompt.PromptSettings;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.ValidationSettings;
import java.util.List;
import java.util.Optional;

/**
 * What is evaluated, and how.
 *
 * @param data folder of the data set
 * @param predictions folder that has one folder of predictions a system
 * @param validationPredictions the same of the validation rows, on which outputs are mapped; empty: nothing is mapped
 * @param split the rows that are scored: train, validation or test
 * @param rows how many of them, drawn as {@code predict.rows} says; 0: all
 * @param systems those that a reader expects, in the order of the table; others follow by name
 * @param prompt what systems were asked with of which no training is known
 * @param settings reference, intervals, what to do with unequal rows
 * @param maxFailed a system with a larger share of unreadable answers is marked
 * @param seed of the resamples
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

    /** The predictions and rows that a configuration names. */
    public static EvaluationRequest of(Configuration configuration) {
        Paths paths = configuration.paths();
        PredictSettings predict = configuration.get(PredictSettings.class);
        return new EvaluationRequest(
                paths.resolve(paths.data()),
                paths.resolve(paths.predictions()),
                // Of another split the validation rows may be the evaluated ones.
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

    /** Other predictions of the same rows, without any of validation rows, and differences to one of them. */
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
