package io.recthink.spark.baseline.mf;

import java.io.Serializable;

/**
 * The rule yhat = mu + b_u + b_i + (p_u, q_i) (Koren, Bell and Volinsky 2009). An unknown user or item has bias 0 and
 * the factors {@link #centre}, around which all factors start. The centre is 0, or sqrt(mu / d) in a model without
 * biases, so that the product of two unknown vectors is mu.
 *
 * @param mean mu, the mean or the median of the train ratings
 * @param biases false: yhat is only the product of the factors
 * @param factors d
 * @param min the lowest rating of the scale; predictions are clipped to the scale, training is not
 * @param max the highest rating of the scale
 */
record Prediction(double mean, boolean biases, int factors, double min, double max) implements Serializable {
    /** The part of a prediction that does not depend on the user and the item. */
    float base() {
        return biases ? (float) mean : 0;
    }

    /** The factor of unknown users and items, around which all factors start. */
    float centre() {
        return biases ? 0 : (float) Math.sqrt(mean / factors);
    }

    /**
     * The predicted rating of a user and an item, clipped to the scale.
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
