package io.recthink.spark.baseline.mf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.recthink.spark.baseline.Fit;
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

    String json() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
