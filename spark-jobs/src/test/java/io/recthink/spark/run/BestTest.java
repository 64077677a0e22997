package io.recthink.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BestTest {
    private static final double MAX_FAILED = 0.2;

    @Test
    void anotherNumberDecidesAsItSays() {
        Best lower = Best.by(0, new Best.Measured("eval/loss", 0.5, false));
        assertThat(lower.orBetter(Best.by(5, new Best.Measured("eval/loss", 0.4, false)), MAX_FAILED)
                        .step())
                .isEqualTo(5);
        assertThat(lower.orBetter(Best.by(5, new Best.Measured("eval/loss", 0.5, false)), MAX_FAILED)
                        .step())
                .isZero();
        Best higher = Best.by(0, new Best.Measured("eval/auc", 0.5, true));
        assertThat(higher.orBetter(Best.by(5, new Best.Measured("eval/auc", 0.4, true)), MAX_FAILED)
                        .step())
                .isZero();
        assertThat(higher.orBetter(Best.by(5, new Best.Measured("eval/auc", 0.6, true)), MAX_FAILED)
                        .value())
                .isEqualTo("eval/auc 0.6000");
    }

    @Test
    void theSmallerErrorIsBetterAndTheEarlierStepOfEqualOnes() {
        Best first = new Best(0, 0.9, 0.2);
        assertThat(first.orBetter(new Best(5, 0.8, 0.2), MAX_FAILED).step()).isEqualTo(5);
        assertThat(first.orBetter(new Best(5, 0.9, 0.0), MAX_FAILED).step()).isZero();
    }

    @Test
    void aPolicyThatFailsTooOftenIsNeverBetterThanOneThatDoesNot() {
        Best silent = new Best(0, 0.857, 1.0);
        Best answering = new Best(150, 0.96, 0.0);
        assertThat(silent.orBetter(answering, MAX_FAILED)).isEqualTo(answering);
        assertThat(answering.orBetter(silent, MAX_FAILED)).isEqualTo(answering);
    }

    @Test
    void ofTwoThatFailTooOftenTheOneWithFewerFailuresIsBetter() {
        Best silent = new Best(0, 0.857, 1.0);
        Best learning = new Best(20, 0.99, 0.4);
        assertThat(silent.orBetter(learning, MAX_FAILED)).isEqualTo(learning);
        assertThat(learning.orBetter(silent, MAX_FAILED)).isEqualTo(learning);
        assertThat(silent.orBetter(new Best(20, 0.8, 1.0), MAX_FAILED).step()).isEqualTo(20);
    }

    @Test
    void failuresThatNobodyRecordedCountAsNone() {
        Best before = new Best(20, 0.7, null);
        assertThat(before.orBetter(new Best(40, 0.6, 0.5), MAX_FAILED)).isEqualTo(before);
        assertThat(before.orBetter(new Best(40, 0.6, 0.1), MAX_FAILED).step()).isEqualTo(40);
    }
}
