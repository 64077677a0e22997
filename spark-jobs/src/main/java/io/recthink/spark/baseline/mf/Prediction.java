package io.recthink.spark.baseline.mf;

import java.io.Serializable;

/**
 * The rule yhat = mu + b_u + b_i + (p_u, q_i) (Koren, Bell and Volinsky 2009). An unknown user or item has bias 0 and the
 * factors that all start around: 0, or in a model without biases sqrt(mu / d), so that the product of two unknown is mu.
 *
 * @param mean mu, the mean or the median of the train ratings
 * @param biases false: yhat is the product of the factors alone
 * @param factors d
 * @param min the lowest rating of the scale; predictions are clipped to it, training is not
 * @param max the highest rating of the scale
 */
record Prediction(double mean, boolean biases, int factors, double min, double max) implements Serializable {
    /** What a prediction starts from. */
    float base() {
        return biases ? (float) mean : 0;
    }

    /** The factor of the unknown, around which all start. */
    float centre() {
        return biases ? 0 : (float) Math.sqrt(mean / factors);
    }

    /**
     * The rating expected of a user and an item, clipped to the scale.
     *
     * @param user index of the user, -1 when unknown
     * @param item index of the item, -1 when unknown
     */
    double of(Factors users, int user, Factors items, int item) {
        float sum = base() + (user < 0 ? 0 : users.biases()[user]) + (item < 0 ? 0 : items.biases()[item]);
        for (int f = 0; f < factors; f++) {
            float p = user < 0 ? centre() : users.values()[user * factors + f];
            float q = item < 0 ? centre() : items.values()[item * factors + f];
            sum += p * q;
        }
        return Math.max(min, Math.min(max, sum));
    }
}
