package io.recthink.spark.baseline.review;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * The hyper-parameters of a network that a search chooses.
 *
 * @param latent n, the length of the vectors of users and items
 * @param dropout the probability with which a value is dropped in training
 * @param weightDecay added to the gradient of weights; null where a system has none
 * @param penalty of the squares of attention weights; null where a system has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Setting(int latent, double learningRate, double dropout, Double weightDecay, Double penalty) {
    @Override
    public String toString() {
        return "latent %d, learning rate %s, dropout %s%s%s"
                .formatted(
                        latent,
                        learningRate,
                        dropout,
                        weightDecay == null ? "" : ", weight decay " + weightDecay,
                        penalty == null ? "" : ", penalty " + penalty);
    }
}
