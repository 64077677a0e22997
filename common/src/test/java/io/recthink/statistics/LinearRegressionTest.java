package io.recthink.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LinearRegressionTest {
    @Test
    void weightsAreThoseOfNumpy() throws IOException {
        Referee referee = Referee.read();
        double[] target = referee.numbers("regression/target");
        double[][] moments = new double[6][6];
        for (int row = 0; row < target.length; row++) {
            double[] x = referee.numbers("regression/features/" + row);
            add(moments, 1, x[0], x[1], x[2], x[3], target[row]);
        }
        LinearRegression fit = LinearRegression.leastSquares(moments);
        double[] expected = referee.numbers("regression/weights");
        assertThat(fit.intercept()).isCloseTo(expected[0], within(1e-9));
        for (int i = 0; i < 4; i++) {
            assertThat(fit.weights().get(i)).isCloseTo(expected[i + 1], within(1e-9));
        }
        assertThat(fit.predict(1, 2, 3, 4))
                .isCloseTo(
                        expected[0] + expected[1] + 2 * expected[2] + 3 * expected[3] + 4 * expected[4], within(1e-9));
    }

    @Test
    void featuresThatNeverChangeGetNoWeight() {
        double[][] moments = new double[4][4];
        add(moments, 1, 1, 7, 2);
        add(moments, 1, 2, 7, 4);
        add(moments, 1, 3, 7, 6);
        LinearRegression fit = LinearRegression.leastSquares(moments);
        assertThat(fit.weights().get(0)).isCloseTo(2, within(1e-9));
        assertThat(fit.weights().get(1)).isZero();
        assertThat(fit.predict(4, 7)).isCloseTo(8, within(1e-9));
    }

    @Test
    void repeatedFeaturesShareTheirWeight() {
        double[][] moments = new double[4][4];
        add(moments, 1, 1, 1, 2);
        add(moments, 1, 2, 2, 4);
        add(moments, 1, 4, 4, 8);
        assertThat(LinearRegression.leastSquares(moments).predict(3, 3)).isCloseTo(6, within(1e-9));
    }

    @Test
    void refusesNoRows() {
        assertThatThrownBy(() -> LinearRegression.leastSquares(new double[3][3]))
                .hasMessageContaining("at least one row");
    }

    private static void add(double[][] moments, double... variables) {
        for (int i = 0; i < variables.length; i++) {
            for (int j = 0; j < variables.length; j++) {
                moments[i][j] += variables[i] * variables[j];
            }
        }
    }
}
