package io.recthink.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class BiasModelTest {
    @Test
    void alternatingDampedMeansAreThoseOfNumpy() throws IOException {
        Referee referee = Referee.read();
        double[] users = referee.numbers("user");
        double[] items = referee.numbers("item");
        double[] truth = referee.numbers("truth");
        double mean = referee.at("bias/mean").asDouble();
        double[] userBiases = new double[40];
        double[] itemBiases = new double[15];
        for (int alternation = 0; alternation < BiasModel.ALTERNATIONS; alternation++) {
            itemBiases = biases(items, users, userBiases, truth, mean, 15);
            userBiases = biases(users, items, itemBiases, truth, mean, 40);
        }
        assertThat(userBiases).containsExactly(referee.numbers("bias/user"), within(1e-12));
        assertThat(itemBiases).containsExactly(referee.numbers("bias/item"), within(1e-12));
    }

    @Test
    void predictionsAreClippedToTheScale() {
        BiasModel model = new BiasModel(4.5, 1, 5);
        assertThat(model.predict(0.1, 0.2)).isCloseTo(4.8, within(1e-12));
        assertThat(model.predict(0.5, 0.5)).isEqualTo(5);
        assertThat(model.predict(-3, -3)).isEqualTo(1);
        assertThat(model.predict(0, 0)).isEqualTo(4.5);
    }

    private static double[] biases(
            double[] of, double[] others, double[] otherBiases, double[] truth, double mean, int size) {
        double[] sums = new double[size];
        long[] counts = new long[size];
        for (int row = 0; row < truth.length; row++) {
            sums[(int) of[row]] += truth[row] - mean - otherBiases[(int) others[row]];
            counts[(int) of[row]]++;
        }
        double[] biases = new double[size];
        for (int i = 0; i < size; i++) {
            biases[i] = BiasModel.damped(sums[i], counts[i]);
        }
        return biases;
    }
}
