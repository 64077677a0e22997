package io.recthink.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IsotonicTest {
    private static final double[] RATINGS = {1, 2, 3, 4, 5};

    private final Referee referee = Referee.read();
    private final double[] truth = referee.numbers("truth");
    private final double[] yhat = referee.numbers("yhat/1");
    private final double[] distinct =
            Arrays.stream(yhat, 0, 200).sorted().distinct().toArray();

    IsotonicTest() throws IOException {}

    @Test
    void meansAreThoseOfScikitLearn() {
        Isotonic fit = Isotonic.means(distinct, counts(), RATINGS);
        double[] expected = referee.numbers("isotonic/means");
        for (int row = 0; row < 100; row++) {
            assertThat(fit.of(yhat[200 + row])).isCloseTo(expected[row], within(1e-12));
        }
    }

    @Test
    void mediansReachTheLeastSumOfAbsoluteErrors() {
        Isotonic fit = Isotonic.medians(distinct, counts(), RATINGS);
        double sum = IntStream.range(0, 200)
                .mapToDouble(row -> Math.abs(fit.of(yhat[row]) - truth[row]))
                .sum();
        assertThat(sum).isCloseTo(referee.at("isotonic/leastAbsolute").asDouble(), within(1e-9));
        assertThat(fit.y()).isSorted();
    }

    @Test
    void betweenThePointsTheMapIsLinearAndBeyondThemConstant() {
        Isotonic map = new Isotonic(List.of(2.0, 4.0), List.of(1.0, 5.0));
        assertThat(map.of(3)).isEqualTo(3);
        assertThat(map.of(0)).isEqualTo(1);
        assertThat(map.of(9)).isEqualTo(5);
        assertThatThrownBy(() -> new Isotonic(List.of(), List.of())).hasMessageContaining("0 predictions");
    }

    private long[][] counts() {
        long[][] counts = new long[distinct.length][RATINGS.length];
        for (int row = 0; row < 200; row++) {
            counts[Arrays.binarySearch(distinct, yhat[row])][(int) truth[row] - 1]++;
        }
        return counts;
    }
}
