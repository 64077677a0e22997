package io.recthink.spark.baseline;

import io.recthink.spark.table.Readout;
import io.recthink.spark.table.TrainingCost;
import java.util.List;

/**
 * The search, the choice and the cost of one system, read-out and seed.
 *
 * @param seed the seed of the model; the search is the same for all seeds of a system and read-out
 * @param loss the loss that the training minimises
 * @param tried each setting with its validation loss: the mean of squares, or of absolute errors
 * @param chosen the setting with the lowest validation loss
 * @param samples the number of ratings that trained the predicting model
 * @param models the number of models that a prediction needs
 * @param stages the number of models that a prediction passes through, one after the other
 * @param searchSeconds time of the search: of all its trainings where systems train side by side, else by the wall clock
 * @param trainSeconds time of the training with the chosen setting; 0 when the search has done it
 * @param microsecondsPerPrediction wall-clock time of all predictions of the split divided by their number
 * @param validationMae mean absolute error of the chosen setting on the validation rows
 * @param validationRmse root mean squared error of the chosen setting on the validation rows
 */
public record Fit<S>(
        String system,
        Readout readout,
        long seed,
        String loss,
        List<Trial<S>> tried,
        Trial<S> chosen,
        long samples,
        int models,
        int stages,
        double searchSeconds,
        double trainSeconds,
        double microsecondsPerPrediction,
        double validationMae,
        double validationRmse) {

    /** @param processors the number of processors of the search and the training */
    TrainingCost cost(int processors) {
        return new TrainingCost(
                system,
                readout.name(),
                samples,
                0,
                0,
                models,
                models,
                stages,
                searchSeconds + trainSeconds,
                processors,
                "cpu");
    }
}
