package io.recthink.spark.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void ticksAreRoundAndHoldTheNumbers() {
        assertThat(Axis.around(0.13, 0.87).ticks())
                .extracting(Axis::label)
                .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
        assertThat(Axis.around(-3, 40).ticks())
                .extracting(Axis::label)
                .containsExactly("-10", "0", "10", "20", "30", "40");
        assertThat(Axis.around(1, 5).ticks()).extracting(Axis::label).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void oneNumberHasAScaleToo() {
        assertThat(Axis.around(3, 3).position(3)).isBetween(0.0, 100.0);
        assertThat(Axis.around(0, 0).position(0)).isBetween(0.0, 100.0);
    }

    @Test
    void positionsArePercentOfTheScale() {
        assertThat(Axis.around(1, 5).position(2)).isEqualTo(25);
    }
}
