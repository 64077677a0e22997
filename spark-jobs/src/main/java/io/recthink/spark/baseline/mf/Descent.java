package io.recthink.spark.baseline.mf;

import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * Stochastic gradient descent over one block of ratings, one rating after the other:
 *
 * <pre>
 *   e    = y - (mu + b_u + b_i + (p_u, q_i))
 *   b_u += learningRate * (pull(e)       - biasPenalty   * b_u)       the same for b_i
 *   p_u += learningRate * (pull(e) * q_i - factorPenalty * p_u)       the same for q_i, with the old p_u
 * </pre>
 *
 * A penalty changes a user and an item only when the descent visits one of their ratings.
 */
record Descent(Loss loss, Setting setting, Prediction prediction) implements Serializable {
    /**
     * Visits each rating once.
     *
     * @param users changed in place
     * @param items changed in place
     * @param seed the seed of the order of the ratings
     */
    void pass(RatingBlock block, Factors users, Factors items, long seed) {
        for (int rating : order(block.size(), seed)) {
            step(block.users()[rating], block.items()[rating], block.ratings()[rating], users, items);
        }
    }

    private void step(int user, int item, float rating, Factors users, Factors items) {
        int d = setting.factors();
        float rate = (float) setting.learningRate();
        float penalty = (float) setting.factorPenalty();
        float[] p = users.values();
        float[] q = items.values();
        int u = user * d;
        int i = item * d;
        float expected = prediction.base() + users.biases()[user] + items.biases()[item];
        for (int f = 0; f < d; f++) {
            expected += p[u + f] * q[i + f];
        }
        float pull = loss.pull(rating - expected);
        if (prediction.biases()) {
            float biasPenalty = (float) setting.biasPenalty();
            users.biases()[user] += rate * (pull - biasPenalty * users.biases()[user]);
            items.biases()[item] += rate * (pull - biasPenalty * items.biases()[item]);
        }
        for (int f = 0; f < d; f++) {
            float before = p[u + f];
            p[u + f] += rate * (pull * q[i + f] - penalty * before);
            q[i + f] += rate * (pull * before - penalty * q[i + f]);
        }
    }

    /** The sum of the validation losses of a block of ratings. Users and items may be unknown. */
    double validationLoss(RatingBlock block, Factors users, Factors items) {
        double sum = 0;
        for (int rating = 0; rating < block.size(); rating++) {
            double yhat = prediction.of(users, block.users()[rating], items, block.items()[rating]);
            sum += loss.validation(block.ratings()[rating] - yhat);
        }
        return sum;
    }

    private static int[] order(int size, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int place = random.nextInt(i + 1);
            order[i] = order[place];
            order[place] = i;
        }
        return order;
    }
}
