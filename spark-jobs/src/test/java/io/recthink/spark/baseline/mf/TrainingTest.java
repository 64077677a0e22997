package io.recthink.spark.baseline.mf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.PredictionTable;
import io.recthink.spark.table.Readout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.junit.jupiter.api.Test;

class TrainingTest {
    private static final Setting SETTING = new Setting(4, 0.02, 0.02, 0.02);

    private final LowRankLog log = new LowRankLog();

    @Test
    void blocksHoldEveryRatingOnceWhereItsUserAndItemBelong() {
        try (BlockedRatings ratings = blocked(log.split("train"), 3)) {
            List<UserRatings> blocks = ratings.blocks().collect();
            assertThat(blocks).extracting(UserRatings::block).containsExactly(0, 1, 2);
            long train = 0;
            double sum = 0;
            for (UserRatings users : blocks) {
                for (int item = 0; item < 3; item++) {
                    RatingBlock block = users.train().get(item);
                    train += block.size();
                    for (int i = 0; i < block.size(); i++) {
                        sum += block.ratings()[i];
                        assertThat(block.users()[i])
                                .isBetween(0, ratings.users().sizes()[users.block()] - 1);
                        assertThat(block.items()[i])
                                .isBetween(0, ratings.items().sizes()[item] - 1);
                    }
                }
            }
            assertThat(train).isEqualTo(log.split("train").count()).isEqualTo(ratings.trainRows());
            assertThat(sum / train).isCloseTo(ratings.mean(), within(1e-9));
            assertThat(ratings.users().size()).isEqualTo(150);
            assertThat(ratings.items().size()).isEqualTo(80);
            assertThat(Arrays.stream(ratings.users().sizes()).min().orElseThrow())
                    .isGreaterThan(30);
        }
    }

    @Test
    void trainingIsTheSameToTheBitHoweverTheRatingsArePartitioned() {
        List<Row> one = predictions(log.split("train").coalesce(1), 3, 4);
        assertThat(one).hasSize((int) log.split("test").count());
        assertThat(predictions(log.split("train").repartition(7), 3, 4)).isEqualTo(one);
    }

    @Test
    void validationRatingsKnowTheirUserWhereverThisHasTrainRatings() {
        Dataset<Row> cold = log.split("test"); // a third of its last rows are of new users, a third of new items
        try (BlockedRatings ratings = BlockedRatings.of(log.split("train"), cold, 2)) {
            int unknownUsers = 0;
            int unknownItems = 0;
            for (UserRatings users : ratings.blocks().collect()) {
                for (RatingBlock block : users.validation()) {
                    unknownUsers += (int) Arrays.stream(block.users())
                            .filter(user -> user < 0)
                            .count();
                    unknownItems += (int) Arrays.stream(block.items())
                            .filter(item -> item < 0)
                            .count();
                }
            }
            assertThat(unknownUsers).isEqualTo(LowRankLog.COLD * 2 / 3);
            assertThat(unknownItems).isEqualTo(LowRankLog.COLD * 2 / 3);
            assertThat(ratings.validationRows()).isEqualTo(cold.count());
        }
    }

    @Test
    void adaptiveExecutionKeepsTheBlocks() {
        RuntimeConfig settings = SparkTest.spark().conf();
        settings.set("spark.sql.adaptive.enabled", true);
        try {
            List<Row> adaptive = predictions(log.split("train"), 3, 2);
            settings.set("spark.sql.adaptive.enabled", false);
            assertThat(predictions(log.split("train"), 3, 2)).isEqualTo(adaptive);
        } finally {
            settings.set("spark.sql.adaptive.enabled", false);
        }
    }

    @Test
    void statesThatAreLostAreComputedAgainToTheSameBits() {
        for (int blocks : new int[] {1, 3}) {
            try (BlockedRatings ratings = blocked(log.split("train"), blocks);
                    Training training = new Training(ratings, descent(ratings), 5);
                    Training undisturbed = new Training(ratings, descent(ratings), 5)) {
                undisturbed.advance(7);
                training.advance(3);
                forget(training);
                training.advance(4);
                forget(training);
                ratings.blocks().unpersist(true);
                assertThat(values(training)).isEqualTo(values(undisturbed));
            }
        }
    }

    @Test
    void severalBlocksLearnWhatOneBlockLearns() {
        double one = rmse(1);
        double several = rmse(2);
        assertThat(several).isCloseTo(one, within(0.02));
        assertThat(several).isLessThan(0.75); // the noise is 0.4, the spread of the ratings 1.1
    }

    @Test
    void theLossOfAnEpochIsTheMeanOverTheValidationRatings() {
        try (BlockedRatings ratings = blocked(log.split("train"), 1);
                Training training = new Training(ratings, descent(ratings), 5)) {
            double last = training.advance(6).get(5);
            try (PredictionTable predicted = PredictionTable.of(
                    "MF", Readout.EXPECTATION, 0, fitted(ratings, training).predict(log.split("validation")))) {
                double rmse = predicted.errors(log.split("validation")).rmse();
                assertThat(last).isCloseTo(rmse * rmse, within(1e-6));
            }
        }
    }

    private double rmse(int blocks) {
        try (BlockedRatings ratings = blocked(log.split("train"), blocks);
                Training training = new Training(ratings, descent(ratings), 5)) {
            List<Double> losses = training.advance(20);
            return Math.sqrt(losses.get(19));
        }
    }

    private List<Row> predictions(Dataset<Row> train, int blocks, int epochs) {
        try (BlockedRatings ratings = blocked(train, blocks);
                Training training = new Training(ratings, descent(ratings), 5)) {
            training.advance(epochs);
            return fitted(ratings, training)
                    .predict(log.split("test"))
                    .orderBy("rowId")
                    .collectAsList();
        }
    }

    private static FittedFactors fitted(BlockedRatings ratings, Training training) {
        return FittedFactors.of(ratings, training, descent(ratings).prediction());
    }

    /** Frees what the executors keep of the last pass, as the end of an executor does. */
    private static void forget(Training training) {
        scala.collection.JavaConverters.mapAsJavaMap(training.states().context().getPersistentRDDs())
                .values()
                .forEach(rdd -> rdd.unpersist(true));
    }

    private static List<List<Float>> values(Training training) {
        return training.states().collect().stream()
                .map(state -> {
                    List<Float> all = new ArrayList<>();
                    for (float value : state.users().values()) {
                        all.add(value);
                    }
                    for (float value : state.items().values()) {
                        all.add(value);
                    }
                    return all;
                })
                .toList();
    }

    private BlockedRatings blocked(Dataset<Row> train, int blocks) {
        return BlockedRatings.of(train, log.split("validation"), blocks);
    }

    private static Descent descent(BlockedRatings ratings) {
        return new Descent(Loss.SQUARED, SETTING, new Prediction(ratings.mean(), true, 4, 1, 5));
    }
}
