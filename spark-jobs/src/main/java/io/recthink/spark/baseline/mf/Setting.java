package io.recthink.spark.baseline.mf;

import java.io.Serializable;

/**
 * The hyper-parameters of a factorisation.
 *
 * @param factors d, the number of factors of a user and of an item; at least 1
 * @param learningRate the constant learning rate of stochastic gradient descent
 * @param factorPenalty lambda_f: each rating adds lambda_f times the squares of its user's and its item's factors
 * @param biasPenalty lambda_b: each rating adds lambda_b times the squares of its user's and its item's biases
 */
record Setting(int factors, double learningRate, double factorPenalty, double biasPenalty) implements Serializable {
    Setting {
        if (factors < 1 || !(learningRate > 0) || !(factorPenalty >= 0) || !(biasPenalty >= 0)) {
            throw new IllegalArgumentException("d %d, learning rate %s, penalties %s and %s"
                    .formatted(factors, learningRate, factorPenalty, biasPenalty));
        }
    }
}
