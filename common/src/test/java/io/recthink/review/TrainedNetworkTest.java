package io.recthink.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainedNetworkTest {
    private static final Sizes SIZES = new Sizes(6, 7, 30, 5, 4, 3, 9, 2, 3);

    static List<ReviewNetwork> networks() {
        return List.of(
                new DeepCoNN(SIZES, false),
                new DeepCoNN(SIZES, true),
                new NARRE(SIZES, 3, true),
                new NARRE(SIZES, 3, false),
                new DAML(SIZES, DAML.Head.NFM, false),
                new DAML(SIZES, DAML.Head.LFM, false));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theStartIsAsTheDecisionsSay(ReviewNetwork network) {
        try (TrainedNetwork trained = TrainedNetwork.start(network, 3.25, 7)) {
            Map<String, float[]> values = new TreeMap<>();
            for (Map.Entry<String, NDArray> value : trained.values().entrySet()) {
                values.put(value.getKey(), value.getValue().toFloatArray());
            }
            for (Parameter parameter : network.parameters()) {
                float[] found = values.get(parameter.name());
                double most =
                        switch (parameter.start()) {
                            case MEAN -> 3.25;
                            case NORMAL -> 0.2;
                            case XAVIER ->
                                Math.sqrt(6.0
                                        / ((parameter.shape().get(0)
                                                        + parameter.shape().get(1))
                                                * parameter.shape().get(2)));
                            case ZERO -> 0;
                            default -> 0.1f;
                        };
                for (float value : found) {
                    assertThat(Math.abs(value)).as(parameter.name()).isLessThanOrEqualTo((float) most);
                }
            }
            assertThat(Arrays.copyOf(values.get("user.words"), 5)).containsOnly(0);
            assertThat(Arrays.copyOfRange(values.get("user.words"), 5, 150)).doesNotContain(0);
            assertThat(values.get("user.words")).isNotEqualTo(values.get("item.words"));
            if (values.containsKey("user.ids")) {
                assertThat(Arrays.copyOfRange(values.get("user.ids"), 6 * 3, 8 * 3))
                        .containsOnly(0);
                assertThat(Arrays.copyOf(values.get("user.ids"), 6 * 3)).doesNotContain(0);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networks")
    void stepsLowerTheLossAndRepeatToTheBit(ReviewNetwork network) {
        float[] first = learn(network);
        assertThat(learn(network)).containsExactly(first);
        Batch batch = batch(network, new Random(3));
        try (TrainedNetwork start = TrainedNetwork.start(network, 3, 7)) {
            boolean sum = network.sumsLosses();
            double before = RatingLoss.L2.of(start.predict(batch), batch.ratings(), sum);
            assertThat(RatingLoss.L2.of(first, batch.ratings(), sum)).isLessThan(before / 2);
        }
    }

    private static float[] learn(ReviewNetwork network) {
        Batch batch = batch(network, new Random(3));
        try (TrainedNetwork trained = TrainedNetwork.start(network, 3, 7)) {
            for (int step = 0; step < 60; step++) {
                trained.step(batch, RatingLoss.L2, new Adam(0.01, 1e-4, 0.001), Dropout.of(0.2, step));
            }
            return trained.predict(batch);
        }
    }

    /** With Adam, decay would pull every row that is seldom seen to zero at full speed. */
    @ParameterizedTest
    @MethodSource("networks")
    void weightsDecayAndTablesDoNot(ReviewNetwork network) {
        Batch batch = batch(network, new Random(3));
        Map<String, float[]> plain = afterAStep(network, batch, 0);
        Map<String, float[]> decayed = afterAStep(network, batch, 1000);
        for (Parameter parameter : network.parameters()) {
            float[] found = decayed.get(parameter.name());
            if (parameter.decays()) {
                assertThat(found).as(parameter.name()).isNotEqualTo(plain.get(parameter.name()));
            } else {
                assertThat(found).as(parameter.name()).isEqualTo(plain.get(parameter.name()));
            }
        }
        assertThat(network.parameters().stream().filter(Parameter::decays).map(Parameter::name))
                .contains("user.conv.weight", "head.w")
                .doesNotContain("user.words", "user.ids", "user.biases", "item.conv.bias", "head.w0", "head.mu");
    }

    private static Map<String, float[]> afterAStep(ReviewNetwork network, Batch batch, double decay) {
        Map<String, float[]> values = new TreeMap<>();
        try (TrainedNetwork trained = TrainedNetwork.start(network, 3, 7)) {
            trained.step(batch, RatingLoss.L2, new Adam(0.01, decay, 0), Dropout.off());
            trained.values().forEach((name, value) -> values.put(name, value.toFloatArray()));
        }
        return values;
    }

    static List<RatingLoss> losses() {
        return List.of(RatingLoss.L2, RatingLoss.L1, RatingLoss.huber(1), RatingLoss.huber(0.3));
    }

    /** Each slope against the difference of the loss itself. */
    @ParameterizedTest
    @MethodSource("losses")
    void slopesAreTheDerivativesOfTheLoss(RatingLoss loss) {
        float[] ratings = {3, 3, 3, 3};
        float[] predictions = {0.5f, 2.25f, 3.5f, 4.75f}; // errors below and above 1, of both signs
        float little = 1 / 1024f;
        for (boolean sum : new boolean[] {false, true}) {
            float[] slopes = loss.slopes(predictions, ratings, sum);
            for (int i = 0; i < ratings.length; i++) {
                float[] more = predictions.clone();
                float[] less = predictions.clone();
                more[i] += little;
                less[i] -= little;
                double difference = (loss.of(more, ratings, sum) - loss.of(less, ratings, sum)) / (2 * little);
                assertThat((double) slopes[i]).isCloseTo(difference, Offset.offset(1e-6));
            }
        }
    }

    @Test
    void halfOfTheValuesAreDroppedAndTheOthersAreTwiceAsLarge() {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            float[] factors = Dropout.of(0.5, 3).next(manager, 100, 40).toFloatArray();
            long kept = IntStream.range(0, factors.length)
                    .filter(i -> factors[i] == 2)
                    .count();
            long dropped = IntStream.range(0, factors.length)
                    .filter(i -> factors[i] == 0)
                    .count();
            assertThat(kept + dropped).isEqualTo(4000);
            assertThat(kept).isBetween(1900L, 2100L);
            assertThat(Dropout.of(0.5, 3).next(manager, 100, 40).toFloatArray()).isEqualTo(factors);
            assertThat(Dropout.of(0.5, 4).next(manager, 100, 40).toFloatArray()).isNotEqualTo(factors);
            assertThat(Dropout.off().next(manager, 100, 40).size()).isZero();
        }
    }

    /** Padding must not matter: a row alone has the prediction that it has among longer ones. */
    @ParameterizedTest
    @MethodSource("networks")
    void aRowHasTheSamePredictionInEveryBatch(ReviewNetwork network) {
        Random random = new Random(5);
        Batch together = batch(network, random);
        try (TrainedNetwork trained = TrainedNetwork.start(network, 3, 11)) {
            float[] expected = trained.predict(together);
            for (int row = 0; row < together.rows(); row++) {
                Batch alone = new Batch(only(together.user(), row), only(together.item(), row), new float[0]);
                assertThat(trained.predict(alone)[0]).isCloseTo(expected[row], Offset.offset(1e-5f));
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> Side.ofDocuments(new int[] {1, 2}, List.of(new int[] {3})))
                .hasMessage("2 rows have 1 texts, and 0 reviews of 0 rows");
        assertThatThrownBy(() -> new Batch(
                        Side.ofDocuments(new int[] {1}, List.of(new int[0])),
                        Side.ofDocuments(new int[] {1}, List.of(new int[0])),
                        new float[2]))
                .hasMessage("1 users, 1 items and 2 ratings");
        try (TrainedNetwork trained = TrainedNetwork.start(new DeepCoNN(SIZES, false), 3, 1)) {
            assertThatThrownBy(() -> trained.predict(documents(new int[10], new int[] {4})))
                    .hasMessage("a text has 10 tokens, and the network takes 9");
            assertThatThrownBy(() -> trained.predict(documents(new int[] {0}, new int[] {4})))
                    .hasMessage("the token 0 is no word");
        }
        assertThatThrownBy(() -> Dropout.of(1, 0)).hasMessageContaining("below 1");
    }

    private static Batch documents(int[] user, int[] item) {
        return new Batch(
                Side.ofDocuments(new int[] {1}, List.of(user)),
                Side.ofDocuments(new int[] {1}, List.of(item)),
                new float[0]);
    }

    private static Batch batch(ReviewNetwork network, Random random) {
        float[] ratings = {5, 1, 3, 2, 4, 1};
        return new Batch(
                side(network, random, ratings.length, 6, 7), side(network, random, ratings.length, 7, 6), ratings);
    }

    private static Side side(ReviewNetwork network, Random random, int rows, int ids, int others) {
        int[] of = random.ints(rows, 0, ids + 1).toArray();
        List<int[]> texts = new ArrayList<>();
        List<int[]> counterparts = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            int reviews = network instanceof NARRE ? random.nextInt(4) : 1;
            for (int review = 0; review < reviews; review++) {
                texts.add(random.ints(random.nextInt(10), 1, 30).toArray());
            }
            counterparts.add(random.ints(reviews, 0, others).toArray());
        }
        return network instanceof NARRE ? new Side(of, texts, counterparts) : Side.ofDocuments(of, texts);
    }

    private static Side only(Side side, int row) {
        int[] id = {side.ids()[row]};
        if (side.counterparts().isEmpty()) {
            return Side.ofDocuments(id, List.of(side.texts().get(row)));
        }
        int before = side.counterparts().subList(0, row).stream()
                .mapToInt(reviews -> reviews.length)
                .sum();
        int[] counterparts = side.counterparts().get(row);
        return new Side(id, side.texts().subList(before, before + counterparts.length), List.of(counterparts));
    }
}
