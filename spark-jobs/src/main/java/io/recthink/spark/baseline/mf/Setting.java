package io.recthink.spark.baseline.mf;

import java.io.Serializable;

/**
 * The hyper-parameters of a factorisation.
 *
 * @param factors d, numbers a user and an item has; at least 1
 * @param learningRate of stochastic gradient descent, constant
 * @param factorPenalty lambda_f: each rating adds it times the squares of its user's and its item's factors
 * @param biasPenalty lambda_b: the same for the biases
 */
record Setting(int factors, double learningRate, double factorPenalty, double biasPenalty) implements Serializable {
    Setting {
        if (factors < 1 || !(learningRate > 0) || !(factorPenalty >= 0) || !(biasPenalty >= 0)) {
            throw new IllegalArgumentException("d %d, learning rate %s, penalties %s and %s"
                    .formatted(factors, learningRate, factorPenalty, biasPenalty));
        }
    }
}
