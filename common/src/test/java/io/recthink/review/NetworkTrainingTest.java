package io.recthink.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetworkTrainingTest {
    private static final int USERS = 20;
    private static final int ITEMS = 15;
    private static final int WORDS = 12;
    private static final Sizes SIZES = new Sizes(USERS, ITEMS, WORDS, 6, 5, 4, 12, 3, 4);
    private static final Corpus CORPUS;
    private static final RatedPairs PAIRS;

    static {
        Random random = new Random(2);
        int size = 300;
        int[] users = random.ints(size, 0, USERS).toArray();
        int[] items = random.ints(size, 0, ITEMS).toArray();
        long[] times = new long[size];
        float[] ratings = new float[size];
        Corpus.Builder corpus = new Corpus.Builder(USERS, ITEMS);
        for (int i = 0; i < size; i++) {
            times[i] = i;
            ratings[i] = 1 + (users[i] + items[i]) % 5;
            // The first word of a review tells the rating; users and items are liked alike all the time.
            corpus.add(times[i], users[i], items[i], new int[] {2 + (int) ratings[i], 2 + random.nextInt(WORDS - 2)});
        }
        CORPUS = corpus.build();
        PAIRS = new RatedPairs(users, items, times, ratings);
    }

    private static final BatchReader.Form REVIEWS = new BatchReader.Form(12, 3, 3, false);
    private static final BatchReader.Form MASKED = new BatchReader.Form(12, 3, 3, true);

    private static NetworkTraining.Settings settings(long seed) {
        return new NetworkTraining.Settings(RatingLoss.L2, new Adam(0.01, 0, 0.001), 0.2, 32, seed);
    }

    private static TrainedNetwork network() {
        return TrainedNetwork.start(new NARRE(SIZES, 3, true), 3, 5);
    }

    private static float[] trained(long seed, List<NetworkTraining.Part> parts, BatchReader.Form form) {
        try (TrainedNetwork network = network()) {
            NetworkTraining training = new NetworkTraining(network, new BatchReader(CORPUS, form), settings(seed));
            parts.forEach(part -> training.train(PAIRS, part, any -> {}));
            return network.state();
        }
    }

    @Test
    void anEpochIsTheSameInRoundsAndDiffersBySeed() {
        float[] whole = trained(1, List.of(NetworkTraining.Part.whole(1)), REVIEWS);
        List<NetworkTraining.Part> rounds = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            rounds.add(new NetworkTraining.Part(1, round, 4, 0, 1));
        }
        assertThat(trained(1, rounds, REVIEWS)).isEqualTo(whole);
        assertThat(trained(2, List.of(NetworkTraining.Part.whole(1)), REVIEWS)).isNotEqualTo(whole);
        assertThat(trained(1, List.of(NetworkTraining.Part.whole(2)), REVIEWS)).isNotEqualTo(whole);
        assertThat(trained(1, List.of(NetworkTraining.Part.whole(1)), MASKED)).isNotEqualTo(whole);
    }

    @Test
    void theTasksOfAnEpochTakeEachPairOnce() {
        for (int tasks : new int[] {1, 2, 3, 7}) {
            int rounds = 3;
            List<Integer> steps = new ArrayList<>();
            try (TrainedNetwork network = network()) {
                NetworkTraining training = new NetworkTraining(network, new BatchReader(CORPUS, REVIEWS), settings(1));
                for (int round = 0; round < rounds; round++) {
                    for (int task = 0; task < tasks; task++) {
                        NetworkTraining.Part part = new NetworkTraining.Part(1, round, rounds, task, tasks);
                        int before = steps.size();
                        training.train(PAIRS, part, steps::add);
                        assertThat(part.steps(PAIRS.size(), 32)).isEqualTo(steps.size() - before);
                    }
                }
            }
            assertThat(steps).hasSize(10).containsOnly(32, 12);
            assertThat(steps.stream().mapToInt(i -> i).sum()).isEqualTo(PAIRS.size());
        }
    }

    @Test
    void aStateContinuesWhereItWasTaken() {
        BatchReader reader = new BatchReader(CORPUS, REVIEWS);
        try (TrainedNetwork one = network();
                TrainedNetwork other = after(one, reader)) {
            new NetworkTraining(one, reader, settings(1)).train(PAIRS, NetworkTraining.Part.whole(2), any -> {});
            new NetworkTraining(other, reader, settings(1)).train(PAIRS, NetworkTraining.Part.whole(2), any -> {});
            assertThat(other.state()).isEqualTo(one.state());
            try (TrainedNetwork copied = TrainedNetwork.of(one.network(), one.copy())) {
                assertThat(new NetworkTraining(copied, reader, settings(9)).predict(PAIRS))
                        .isEqualTo(new NetworkTraining(one, reader, settings(1)).predict(PAIRS));
            }
        }
    }

    @Test
    void aStepLeavesNoTensorBehind() {
        try (TrainedNetwork network = network()) {
            NetworkTraining training = new NetworkTraining(network, new BatchReader(CORPUS, REVIEWS), settings(1));
            training.train(PAIRS, NetworkTraining.Part.whole(1), any -> {}); // makes the moments
            NDManager manager = network.values().get("head.w").getManager();
            int before = manager.getManagedArrays().size();
            training.train(PAIRS, NetworkTraining.Part.whole(2), any -> {});
            training.predict(PAIRS);
            assertThat(manager.getManagedArrays()).hasSize(before);
        }
    }

    /** A network with the state of another one after its first epoch. */
    private static TrainedNetwork after(TrainedNetwork one, BatchReader reader) {
        new NetworkTraining(one, reader, settings(1)).train(PAIRS, NetworkTraining.Part.whole(1), any -> {});
        return TrainedNetwork.from(one.network(), one.state(), 10);
    }

    @Test
    void itLearnsWhatUsersAndItemsAreLike() {
        try (TrainedNetwork network = network()) {
            NetworkTraining training = new NetworkTraining(network, new BatchReader(CORPUS, REVIEWS), settings(1));
            double before = squares(training.predict(PAIRS));
            for (int epoch = 1; epoch <= 30; epoch++) {
                training.train(PAIRS, NetworkTraining.Part.whole(epoch), any -> {});
            }
            assertThat(squares(training.predict(PAIRS))).isLessThan(before / 2);
        }
    }

    private static double squares(float[] predictions) {
        double sum = 0;
        for (int i = 0; i < predictions.length; i++) {
            sum += Math.pow(predictions[i] - PAIRS.ratings()[i], 2);
        }
        return sum / predictions.length;
    }

    @Test
    void theReadReviewsOfAnItemAreTheLatestBeforeThePair() {
        BatchReader reader = new BatchReader(CORPUS, REVIEWS);
        for (int row : new int[] {0, 150, 299}) {
            int[] expected = java.util.stream.IntStream.range(0, row)
                    .filter(i -> PAIRS.items()[i] == PAIRS.items()[row])
                    .toArray();
            assertThat(reader.itemReviews(PAIRS, row))
                    .containsExactly(Arrays.copyOfRange(expected, Math.max(0, expected.length - 3), expected.length));
        }
    }

    @Test
    void pairsArePartedByTheirPlaces() {
        RatedPairs odd = PAIRS.every(2, 1);
        assertThat(odd.size()).isEqualTo(150);
        assertThat(odd.times()).startsWith(1, 3, 5).endsWith(299);
        assertThat(odd.users()[7]).isEqualTo(PAIRS.users()[15]);
        assertThat(odd.items()[7]).isEqualTo(PAIRS.items()[15]);
        assertThat(odd.ratings()[7]).isEqualTo(PAIRS.ratings()[15]);
        assertThat(PAIRS.every(7, 6).size() + PAIRS.every(7, 0).size()).isEqualTo(42 + 43);
    }

    @Test
    void givenWordVectorsAreTheStartOfBothTables() {
        float[] vectors = new float[WORDS * 6];
        Arrays.fill(vectors, Float.NaN);
        Arrays.fill(vectors, 4 * 6, 5 * 6, 7);
        Arrays.fill(vectors, 0, 6, 3); // padding stays zero whatever a file says
        ReviewNetwork deepconn = new DeepCoNN(SIZES, false);
        try (TrainedNetwork given = TrainedNetwork.start(deepconn, 3, 5, vectors);
                TrainedNetwork random = TrainedNetwork.start(deepconn, 3, 5)) {
            Map<String, float[]> values = given.copy();
            Map<String, float[]> others = random.copy();
            for (String table : List.of("user.words", "item.words")) {
                float[] expected = others.get(table);
                Arrays.fill(expected, 4 * 6, 5 * 6, 7);
                assertThat(values.get(table)).isEqualTo(expected);
            }
            assertThat(values.get("user.conv.weight")).isEqualTo(others.get("user.conv.weight"));
            assertThatThrownBy(() -> TrainedNetwork.start(deepconn, 3, 5, new float[6]))
                    .hasMessage("6 numbers of word vectors for a table of 72");
        }
    }
}
