package io.recthink.spark.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class EarlyStopTest {
    @Test
    void stopsWhenPatienceEpochsBroughtNothingBetterAndKeepsTheBest() {
        EarlyStop stop = after(2, 1.0, 0.8, 0.9);
        assertThat(stop.reached()).isFalse();
        stop.epoch(0.8);
        assertThat(stop.reached()).isTrue();
        assertThat(stop.bestEpoch()).isEqualTo(2);
        assertThat(stop.bestLoss()).isEqualTo(0.8);
    }

    @Test
    void epochsAfterTheStopDoNotCount() {
        EarlyStop stop = after(2, 1.0, 1.1, 1.2, 0.1);
        assertThat(stop.bestEpoch()).isEqualTo(1);
        assertThat(stop.bestLoss()).isEqualTo(1.0);
    }

    @Test
    void aLossThatIsNoNumberStopsAtOnceAndIsNeverTheBest() {
        EarlyStop stop = after(5, 1.0, Double.NaN, 0.5);
        assertThat(stop.reached()).isTrue();
        assertThat(stop.bestLoss()).isEqualTo(1.0);
        assertThat(after(5, Double.NaN).bestLoss()).isInfinite();
    }

    private static EarlyStop after(int patience, double... losses) {
        EarlyStop stop = new EarlyStop(patience);
        DoubleStream.of(losses).forEach(stop::epoch);
        return stop;
    }
}
