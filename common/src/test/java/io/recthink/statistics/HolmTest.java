package io.recthink.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HolmTest {
    @Test
    void adjustedValuesAreThoseOfStatsmodels() throws IOException {
        Referee referee = Referee.read();
        assertThat(Holm.adjust(referee.numbers("holm/p")))
                .containsExactly(referee.numbers("holm/adjusted"), within(1e-12));
    }

    @Test
    void neverAboveOneAndNeverInAnotherOrder() {
        assertThat(Holm.adjust(new double[] {0.9, 0.02, 0.8}))
                .containsExactly(new double[] {1, 0.06, 1}, within(1e-12));
    }
}
