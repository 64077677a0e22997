package io.recthink.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FixedPointTest {
    @Test
    void sumsOfManyLargeNumbersFit() {
        for (long rows : new long[] {1, 1_000, 100_000_000}) {
            FixedPoint unit = FixedPoint.forSums(rows, 16);
            long largest = unit.of(16);
            // 32 times the sum of all is still a positive number of 64 bits.
            assertThat(Math.multiplyExact(Math.multiplyExact(largest, rows), 31))
                    .isPositive();
        }
        assertThat(FixedPoint.forSums(1_000_000, 16).digits()).isEqualTo(33);
    }

    @Test
    void numbersComeBackToTheNearestUnit() {
        FixedPoint unit = new FixedPoint(10);
        assertThat(unit.value(unit.of(0.3))).isCloseTo(0.3, within(0.5 / 1024));
        assertThat(unit.of(-0.3)).isEqualTo(-307);
    }

    @Test
    void whatCannotBeSummedIsRefused() {
        assertThatThrownBy(() -> FixedPoint.forSums(Long.MAX_VALUE, 1e12)).isInstanceOf(ArithmeticException.class);
    }
}
