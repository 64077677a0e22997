package io.recthink.spark.retrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StabilityIndexTest {
    @Test
    void equalSharesHaveNone() {
        assertThat(StabilityIndex.of(List.of(10L, 30L), List.of(10L, 30L)).orElseThrow())
                .isZero();
    }

    /** (0.2 - 0.6) ln(0.2 / 0.6) + (0.8 - 0.4) ln(0.8 / 0.4) = 0.7167 with very many rows. */
    @Test
    void equalsItsFormula() {
        long many = 1_000_000_000;
        double index = StabilityIndex.of(List.of(6 * many, 4 * many), List.of(2 * many, 8 * many))
                .orElseThrow();
        assertThat(index).isCloseTo(0.4 * Math.log(3) + 0.4 * Math.log(2), within(1e-8));
    }

    @Test
    void anEmptyBinIsFinite() {
        assertThat(StabilityIndex.of(List.of(0L, 10L), List.of(10L, 0L)).orElseThrow())
                .isCloseTo(2 * (10.5 - 0.5) / 11 * Math.log(21), within(1e-12));
    }

    @Test
    void otherBinsAndNoRowsHaveNoIndex() {
        assertThat(StabilityIndex.of(List.of(1L), List.of(1L, 2L))).isEmpty();
        assertThat(StabilityIndex.of(List.of(0L, 0L), List.of(1L, 2L))).isEmpty();
    }
}
