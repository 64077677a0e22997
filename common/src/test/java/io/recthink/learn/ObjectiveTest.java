package io.recthink.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.learn.Objective.Grpo;
import io.recthink.learn.Objective.Supervised;
import io.recthink.learn.Objective.TokenLoss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveTest {
    private static final double OLD = -2;

    @ParameterizedTest
    @CsvSource({"1, 1.1, false", "1, 1.4, true", "1, 0.5, false", "-1, 0.9, false", "-1, 0.5, true", "-1, 1.4, false"})
    void theClipHoldsBackOnlyWhatWouldRaiseTheSurrogate(double advantage, double ratio, boolean clipped) {
        TokenLoss token = grpo(Reduction.TOKEN_MEAN, 0).token(row(advantage, false), 0, OLD + Math.log(ratio), 3);
        double limit = ratio > 1 ? 1.3 : 0.8;
        assertThat(token.clipped()).isEqualTo(clipped);
        assertThat(token.loss()).isCloseTo(-(clipped ? limit : ratio) * advantage / 40, within(1e-9));
        assertThat(token.derivative()).isCloseTo(clipped ? 0 : -ratio * advantage / 40, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-3.1, -2.05, -1.9, -0.4})
    void theDerivativeIsTheSlopeOfTheLoss(double logprob) {
        for (double advantage : new double[] {-0.7, 1.3}) {
            Grpo objective = grpo(Reduction.SEQUENCE_MEAN, 0.05);
            LearningCompletion row = row(advantage, true);
            double above = objective.token(row, 0, logprob + 1e-5, 3).loss();
            double below = objective.token(row, 0, logprob - 1e-5, 3).loss();
            assertThat(objective.token(row, 0, logprob, 3).derivative())
                    .isCloseTo((above - below) / 2e-5, within(1e-8));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, 0.5, 0.5, false",
        "1.5, 1.1, 1.1, false",
        "1.5, 4, 1.5, true",
        "-0.7, 0.5, 0.5, false",
        "-0.7, 4, 1.5, true"
    })
    void aTokenCountsByItsImportanceRatioUpToTheCap(double advantage, double ratio, double weight, boolean capped) {
        TokenLoss token = new Grpo(0.2, 0.3, 1.5, Reduction.TOKEN_MEAN, 0, 0, 8, 40, 20, 1)
                .token(row(advantage, false), 0, OLD + Math.log(ratio), 3);
        assertThat(token.clipped()).isEqualTo(capped);
        assertThat(token.loss()).isCloseTo(-weight * advantage / 40, within(1e-9));
        assertThat(token.derivative()).isCloseTo(-weight * advantage / 40, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-4, -2.5, -1})
    void theDivergenceIsPositiveAwayFromTheReference(double logprob) {
        TokenLoss token = grpo(Reduction.TOKEN_MEAN, 0.05).token(row(0, true), 0, logprob, 3);
        double distance = -2.5 - logprob;
        assertThat(token.kl()).isCloseTo(Math.exp(distance) - distance - 1, within(1e-9));
        assertThat(token.loss()).isCloseTo(0.05 * token.kl() / 40, within(1e-9));
    }

    @Test
    void theReductionsShareAStepAsTheirPapersSay() {
        LearningCompletion two = row(1.5, false); // of 8 completions with 40 tokens, each of 20 at most
        assertThat(share(Reduction.SEQUENCE_MEAN, two)).isCloseTo(1.0 / 8 / 2, within(1e-12));
        assertThat(share(Reduction.TOKEN_MEAN, two)).isCloseTo(1.0 / 40, within(1e-12));
        assertThat(share(Reduction.MAX_LENGTH, two)).isCloseTo(1.0 / 8 / 20, within(1e-12));
        LearningCompletion three = new LearningCompletion(new int[] {1, 2, 3}, new float[] {-2, -2, -2}, null, 1.5, 1);
        assertThat(share(Reduction.MAX_LENGTH, three)).isEqualTo(share(Reduction.MAX_LENGTH, two));
    }

    private static double share(Reduction reduction, LearningCompletion row) {
        return -grpo(reduction, 0).token(row, 0, OLD, 3).loss() / row.advantage();
    }

    @Test
    void anEntropyBonusIsWorthItsCoefficientANat() {
        Grpo objective = new Grpo(0.2, 0.3, 0, Reduction.TOKEN_MEAN, 0, 0.1, 8, 40, 20, 1);
        TokenLoss token = objective.token(row(0, false), 0, OLD, 3);
        assertThat(token.loss()).isCloseTo(-0.1 * 3 / 40, within(1e-12));
        assertThat(token.entropyDerivative()).isCloseTo(-0.1 / 40, within(1e-12));
        assertThat(token.derivative()).isCloseTo(0, within(1e-12));
        assertThat(objective.rewardsEntropy()).isTrue();
        assertThat(grpo(Reduction.TOKEN_MEAN, 0).rewardsEntropy()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void supervisedLossIsTheMeanOverAllTokensOfTheStep(double weight) {
        var row = new LearningCompletion(new int[] {1, 2}, null, null, 0, weight);
        TokenLoss token = new Supervised(10).token(row, 1, -3, 3);
        assertThat(token.loss()).isCloseTo(0.3 * weight, within(1e-12));
        assertThat(token.derivative()).isCloseTo(-0.1 * weight, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void stepsWithoutTokensAreRefused(double tokens) {
        assertThatThrownBy(() -> new Supervised(tokens)).hasMessageContaining("totalTokens must be above 0");
    }

    private static Grpo grpo(Reduction reduction, double klCoefficient) {
        return new Grpo(0.2, 0.3, 0, reduction, klCoefficient, 0, 8, 40, 20, 1);
    }

    private static LearningCompletion row(double advantage, boolean reference) {
        float[] old = {(float) OLD, (float) OLD};
        return new LearningCompletion(
                new int[] {1, 2}, old, reference ? new float[] {-2.5f, -2.5f} : null, advantage, 1);
    }
}
