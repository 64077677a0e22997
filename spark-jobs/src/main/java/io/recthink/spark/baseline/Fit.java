package io.recthink.spark.baseline;

import io.recthink.spark.table.Readout;
import io.recthink.spark.table.TrainingCost;
import java.util.List;

/**
 * What a system and read-out tried, what it chose and what that cost.
 *
 * @param loss what the training minimises
 * @param tried every setting with its validation loss: the mean of squares, or of absolute errors
 * @param samples ratings that the predicting model was trained on
 * @param models models that are needed to predict
 * @param stages models that a prediction passes through, one after the other
 * @param searchSeconds wall-clock time of the search
 * @param trainSeconds wall-clock time of the training with the chosen setting
 * @param microsecondsPerPrediction wall-clock time of all predictions of the split divided by their number
 * @param validationMae mean absolute error of the chosen setting on the validation rows
 * @param validationRmse root mean squared error there
 */
public record Fit<S>(
        String system,
        Readout readout,
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

    /** @param processors that it ran on */
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
