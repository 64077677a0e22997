package io.recthink.spark.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void ticksAreRoundAndHoldTheNumbers() {
        assertThat(labels(Axis.around(0.13, 0.87))).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
        assertThat(labels(Axis.around(-3, 40))).containsExactly("-10", "0", "10", "20", "30", "40");
        assertThat(labels(Axis.around(1, 5))).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void numbersThatAreMissingDoNotCount() {
        assertThat(labels(Axis.around(DoubleStream.of(Double.NaN, 5, 1, Double.POSITIVE_INFINITY))))
                .containsExactly("1", "2", "3", "4", "5");
        assertThat(labels(Axis.around(DoubleStream.of(Double.NaN))))
                .startsWith("0")
                .endsWith("1");
    }

    @Test
    void stepsHaveWholeTicksAndFillTheScale() {
        assertThat(labels(Axis.ofWholeNumbers(1, 3))).containsExactly("1", "2", "3");
        Axis steps = Axis.ofWholeNumbers(1, 41);
        assertThat(labels(steps)).containsExactly("5", "10", "15", "20", "25", "30", "35", "40");
        assertThat(steps.position(1)).isZero();
        assertThat(steps.position(41)).isEqualTo(100);
        assertThat(labels(Axis.ofWholeNumbers(7, 7))).containsExactly("7");
        assertThat(Axis.ofWholeNumbers(7, 7).position(7)).isEqualTo(50);
    }

    @Test
    void longNumbersAreWrittenShortWhenAsked() {
        assertThat(labels(Axis.around(0, 2e-6).with(Axis.Labels.SHORT)))
                .containsExactly("0", "5e\u22127", "1e\u22126", "1.5e\u22126", "2e\u22126");
        assertThat(labels(Axis.around(0, 30_000).with(Axis.Labels.SHORT))).containsExactly("0", "10k", "20k", "30k");
        assertThat(labels(Axis.around(-2e6, 1e6).with(Axis.Labels.SHORT)))
                .containsExactly("\u22122M", "\u22121M", "0", "1M");
        assertThat(labels(Axis.around(0, 0.03).with(Axis.Labels.PERCENT)))
                .containsExactly("0\u202f%", "1\u202f%", "2\u202f%", "3\u202f%");
    }

    @Test
    void aScaleThatDoesNotRiseIsRefused() {
        assertThatThrownBy(() -> new Axis(List.of(BigDecimal.ONE, BigDecimal.ONE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.0 to 1.0");
    }

    private static List<String> labels(Axis axis) {
        return axis.marks().stream().map(Tick::label).toList();
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
