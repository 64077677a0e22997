package io.recthink.spark.baseline.mf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.table.TrainingCost;
import java.util.List;

/**
 * What {@code mf} tried, what it chose and what that cost: the file {@code mf.json}.
 *
 * @param name the data set
 * @param dataSha256 hash of its examples
 * @param seed of the run
 * @param trainRatings ratings that the search trained on
 * @param validationRatings ratings that it chose by
 * @param users users with train ratings
 * @param items items with train ratings
 * @param blocks blocks a side
 * @param biases whether the factorisations have biases
 * @param split the rows that were predicted
 * @param predictedRows how many they are
 * @param coldUserShare share of them whose user has no train rating
 * @param coldItemShare share of them whose item has no train rating
 * @param coldBothShare share of them of which both hold
 * @param systems one entry a system and read-out
 */
record MfReport(
        String name,
        String dataSha256,
        long seed,
        long trainRatings,
        long validationRatings,
        long users,
        long items,
        int blocks,
        boolean biases,
        String split,
        long predictedRows,
        double coldUserShare,
        double coldItemShare,
        double coldBothShare,
        List<Fit<?>> systems) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * One system and read-out.
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
    record Fit<S>(
            String system,
            String readout,
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
                    readout,
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

    String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
