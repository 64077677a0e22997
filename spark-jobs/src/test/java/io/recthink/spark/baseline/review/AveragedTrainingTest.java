package io.recthink.spark.baseline.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.recthink.review.Adam;
import io.recthink.review.BatchReader;
import io.recthink.review.NARRE;
import io.recthink.review.NetworkTraining;
import io.recthink.review.RatingLoss;
import io.recthink.review.Sizes;
import io.recthink.review.TrainedNetwork;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.RatingSet;
import io.recthink.spark.table.TrainReviews;
import io.recthink.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings in tasks, compared with the same steps and plain averages in this JVM. */
class AveragedTrainingTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final ReviewLog LOG = new ReviewLog(1);
    private static final int BATCH = 32;
    private static final int EPOCHS = 3;
    private static final int ROUNDS = 2;
    private static final int TASKS = 3;

    @TempDir
    private static Path root;

    private static ReviewCorpus corpus;
    private static Vocabulary vocabulary;
    private static ReviewProgress progress;

    @BeforeAll
    static void write() throws Exception {
        LOG.write(root.resolve("data"));
        TrainReviews texts = TrainReviews.of(SPARK, root + "/data");
        vocabulary = Vocabulary.of(rows("train").join(texts.train(), "rowId"), new VocabularySettings(50, 1));
        corpus = ReviewCorpus.of(
                new RatingSet(rows("train"), rows("validation")), texts.train(), vocabulary, root + "/corpus");
        progress = new ReviewProgress(SPARK.sparkContext(), 1_000_000);
    }

    private static Dataset<Row> rows(String split) {
        return LOG.examples()
                .select("rowId", "userId", "itemId", "time", "truth", "split")
                .where("split = '%s'".formatted(split));
    }

    /** @param patience 0: exactly that many epochs */
    private static TrainingRequest request(String name, int epochs, int patience) {
        return new TrainingRequest(
                name,
                corpus.folder(),
                new NARRE(
                        new Sizes(
                                corpus.folder().users(), corpus.folder().items(), vocabulary.size(), 5, 4, 3, 6, 0, 3),
                        4,
                        true),
                new BatchReader.Form(6, 4, 4, false),
                new NetworkTraining.Settings(RatingLoss.L1, new Adam(0.01, 0, 0.001), 0.2, BATCH, 7),
                corpus.mean(),
                JavaSparkContext.fromSparkContext(SPARK.sparkContext()).broadcast(new float[0]),
                true,
                1,
                5,
                epochs,
                patience,
                root + "/networks",
                progress.pairs(),
                progress.scores());
    }

    private static TrainingResult averaged(TrainingRequest request, int tasks) {
        return new AveragedTraining(SPARK, request, tasks, ROUNDS, progress).run();
    }

    /** The validation losses and networks of plain averages after each epoch. */
    private record Plain(List<Double> losses, List<float[]> states) {
        static Plain of(TrainingRequest request, int tasks) {
            TorchRuntime.prepareThread(1);
            ReviewFolder.Loaded reviews = corpus.folder().load();
            Plain plain = new Plain(new ArrayList<>(), new ArrayList<>());
            float[] state;
            try (TrainedNetwork start = request.start()) {
                state = start.state();
            }
            int steps = 0;
            for (int epoch = 1; epoch <= EPOCHS; epoch++) {
                for (int round = 0; round < ROUNDS; round++) {
                    double[] sums = new double[state.length];
                    int most = 0;
                    int busy = 0;
                    for (int task = 0; task < tasks; task++) {
                        List<Integer> taken = new ArrayList<>();
                        try (TrainedNetwork network = TrainedNetwork.from(request.network(), state, steps)) {
                            request.training(network, reviews)
                                    .train(
                                            reviews.train(),
                                            new NetworkTraining.Part(epoch, round, ROUNDS, task, tasks),
                                            taken::add);
                            float[] end = network.state();
                            if (!taken.isEmpty()) {
                                IntStream.range(0, end.length).forEach(i -> sums[i] += end[i]);
                                busy++;
                            }
                        }
                        most = Math.max(most, taken.size());
                    }
                    steps += most;
                    float[] average = new float[sums.length];
                    for (int i = 0; i < sums.length; i++) {
                        average[i] = (float) (sums[i] / busy);
                    }
                    state = average;
                }
                try (TrainedNetwork network = TrainedNetwork.from(request.network(), state, steps)) {
                    plain.losses.add(request.loss(request.training(network, reviews), reviews.validation())
                            / reviews.validation().size());
                }
                plain.states.add(state);
            }
            return plain;
        }
    }

    /** Of 14 batches a round has 7: of nine tasks two have none. */
    @ParameterizedTest
    @ValueSource(ints = {TASKS, 9})
    void tasksAverageTheirNetworksAfterEveryRound(int tasks) {
        TrainingRequest request = request("averaged", EPOCHS, EPOCHS);
        Plain plain = Plain.of(request, tasks);

        TrainingResult result = averaged(request, tasks);

        double best = plain.losses.stream().min(Double::compare).orElseThrow();
        assertThat(result.loss()).isCloseTo(best, offset(1e-9));
        assertThat(result.epochs()).isEqualTo(1 + plain.losses.indexOf(best));
        assertThat(result.ran()).isEqualTo(EPOCHS);
        try (TrainedNetwork network = request.read(result.file())) {
            float[] values = network.state();
            float[] expected = plain.states.get(result.epochs() - 1);
            for (int i = 0; i < values.length / 3; i++) { // the moments are not in the file
                assertThat(values[i]).isEqualTo(expected[i]);
            }
        }
    }

    @Test
    void oneTaskIsTheTrainingOfOneTask() {
        TrainingRequest request = request("one", EPOCHS, EPOCHS);
        TrainingResult alone = JavaSparkContext.fromSparkContext(SPARK.sparkContext())
                .parallelize(List.of(0), 1)
                .map(new TrainingTask(request))
                .collect()
                .get(0);
        TrainingResult averaged = averaged(request, 1);
        assertThat(averaged.loss()).isCloseTo(alone.loss(), offset(1e-9));
        assertThat(averaged.epochs()).isEqualTo(alone.epochs());
        try (TrainedNetwork one = request.read(alone.file());
                TrainedNetwork other = request.read(averaged.file())) {
            assertThat(other.state()).isEqualTo(one.state());
        }
    }

    @Test
    void withoutPatienceTheEpochsAreExact() {
        TrainingRequest request = request("exact", 2, 0);
        TrainingResult result = averaged(request, 2);
        assertThat(result.epochs()).isEqualTo(2);
        assertThat(result.loss()).isNaN();
        assertThat(result.file()).isNotNull();
    }
}
