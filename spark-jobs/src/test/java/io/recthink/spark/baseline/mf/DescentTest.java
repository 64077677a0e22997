package io.recthink.spark.baseline.mf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescentTest {
    private static final double FP32 = 2e-5;

    private final JsonNode referee;

    DescentTest() throws IOException {
        try (InputStream in = DescentTest.class.getResourceAsStream("descent.json")) {
            referee = new ObjectMapper().readTree(in);
        }
    }

    /** The referee takes its gradients from the objective by differences: both losses, with biases and without. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void everyStepGoesAgainstTheGradientOfTheObjectiveOfItsRating(int number) {
        JsonNode expected = referee.at("/cases/" + number);
        Descent descent = descent(expected);
        Factors users = start("userStart");
        Factors items = start("itemStart");
        for (int epoch = 0; epoch < 4; epoch++) {
            for (int rating = 0; rating < referee.get("ratings").size(); rating++) {
                descent.pass(ratings(rating, rating + 1), users, items, 0);
            }
        }
        assertNumbers(users.biases(), expected.get("userBiases"));
        assertNumbers(items.biases(), expected.get("itemBiases"));
        assertNumbers(users.values(), expected.get("userFactors"));
        assertNumbers(items.values(), expected.get("itemFactors"));
        for (int i = 0; i < expected.get("predicted").size(); i++) {
            int itemsInAll = items.biases().length;
            assertThat(descent.prediction().of(users, i / itemsInAll, items, i % itemsInAll))
                    .isCloseTo(expected.at("/predicted/" + i).asDouble(), within(FP32));
        }
    }

    @Test
    void aPassVisitsEveryRatingOnceInAnOrderOfItsSeed() {
        JsonNode expected = referee.at("/cases/0");
        RatingBlock all = ratings(0, referee.get("ratings").size());

        Factors inOrder = pass(descent(expected), all, 1);
        assertThat(pass(descent(expected), all, 1).biases()).isEqualTo(inOrder.biases());
        assertThat(pass(descent(expected), all, 2).biases()).isNotEqualTo(inOrder.biases());

        // Users and items of their own, so that the order does not matter: every bias moves by exactly one step.
        int[] one = IntStream.range(0, 100).toArray();
        float[] truth = new float[100];
        java.util.Arrays.fill(truth, 4);
        Descent step = new Descent(Loss.SQUARED, new Setting(1, 0.1, 0, 0), new Prediction(3, true, 1, 1, 5));
        Factors users = new Factors(new float[100], new float[100]);
        step.pass(new RatingBlock(one, one, truth), users, new Factors(new float[100], new float[100]), 5);
        assertThat(users.biases()).containsOnly(0.1f);
    }

    @Test
    void aPassLeavesUsersAndItemsWithoutRatingsAlone() {
        JsonNode expected = referee.at("/cases/0");
        Factors users = start("userStart");
        Factors items = start("itemStart");
        descent(expected).pass(new RatingBlock(new int[] {1}, new int[] {2}, new float[] {5}), users, items, 0);
        Factors before = start("userStart");
        for (int f = 0; f < users.values().length; f++) {
            boolean rated = f / 3 == 1;
            assertThat(users.values()[f] == before.values()[f]).isEqualTo(!rated);
        }
    }

    @Test
    void validationLossIsOfClippedPredictionsAndOfItsKind() {
        Factors user = new Factors(new float[] {3}, new float[] {0});
        Factors item = new Factors(new float[] {0.5f}, new float[] {0});
        RatingBlock block = new RatingBlock(new int[] {0, -1, -1}, new int[] {0, 0, -1}, new float[] {4, 1, 1});
        Prediction prediction = new Prediction(3, true, 1, 1, 5);
        Setting setting = new Setting(1, 0.1, 0, 0);
        assertThat(new Descent(Loss.SQUARED, setting, prediction).validationLoss(block, user, item))
                .isCloseTo(1 + 2.5 * 2.5 + 2 * 2, within(1e-6));
        assertThat(new Descent(Loss.ABSOLUTE, setting, prediction).validationLoss(block, user, item))
                .isCloseTo(1 + 2.5 + 2, within(1e-6));
    }

    @Test
    void withoutBiasesTheUnknownAreInTheMiddle() {
        Prediction prediction = new Prediction(3.6, false, 4, 1, 5);
        Factors none = new Factors(new float[0], new float[0]);
        assertThat(prediction.of(none, -1, none, -1)).isCloseTo(3.6, within(1e-6));
        assertThat(new Prediction(3.6, true, 4, 1, 5).of(none, -1, none, -1)).isCloseTo(3.6, within(1e-6));
    }

    @Test
    void theSlopeOfTheLossIsTwiceThePullWhateverTheError() {
        for (Loss loss : Loss.values()) {
            for (double error : new double[] {-3, -0.26, -0.2, 0.001, 0.24, 0.3, 4}) {
                double slope = (loss.of(error + 1e-6) - loss.of(error - 1e-6)) / 2e-6;
                assertThat(2.0 * loss.pull((float) error))
                        .as("%s %s", loss, error)
                        .isCloseTo(slope, within(1e-5));
            }
        }
    }

    private Factors pass(Descent descent, RatingBlock block, long seed) {
        Factors users = start("userStart");
        descent.pass(block, users, start("itemStart"), seed);
        return users;
    }

    private Descent descent(JsonNode expected) {
        boolean biases = expected.get("biases").asBoolean();
        return new Descent(
                expected.get("loss").asText().equals("squared") ? Loss.SQUARED : Loss.ABSOLUTE,
                new Setting(
                        referee.get("factors").asInt(),
                        referee.get("learningRate").asDouble(),
                        referee.get("factorPenalty").asDouble(),
                        referee.get("biasPenalty").asDouble()),
                new Prediction(
                        expected.get("mean").asDouble(),
                        biases,
                        referee.get("factors").asInt(),
                        1,
                        5));
    }

    private Factors start(String name) {
        float[] values = floats(referee.get(name));
        return new Factors(new float[values.length / referee.get("factors").asInt()], values);
    }

    private RatingBlock ratings(int from, int to) {
        return new RatingBlock(
                IntStream.range(from, to)
                        .map(i -> referee.at("/users/" + i).asInt())
                        .toArray(),
                IntStream.range(from, to)
                        .map(i -> referee.at("/items/" + i).asInt())
                        .toArray(),
                java.util.Arrays.copyOfRange(floats(referee.get("ratings")), from, to));
    }

    private static float[] floats(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) numbers.get(i).asDouble();
        }
        return values;
    }

    private static void assertNumbers(float[] found, JsonNode expected) {
        assertThat(found).hasSize(expected.size());
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected.get(i).asDouble(), within(FP32));
        }
    }
}
