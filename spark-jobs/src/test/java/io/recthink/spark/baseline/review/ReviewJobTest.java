package io.recthink.spark.baseline.review;

import static org.apache.spark.sql.functions.countDistinct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.KilledExecutorApplication;
import io.recthink.spark.table.PredictionNote;
import io.recthink.spark.table.TrainingCost;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final ReviewLog LOG = new ReviewLog(1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SYSTEMS = List.of("DeepCoNN", "NARRE", "DAML");

    /** Networks as small as they may be. */
    private static final List<String> SMALL = List.of(
            "review.seeds=[0, 5]",
            "review.wordDimension=6",
            "review.filters=5",
            "review.maxEpochs=3",
            "review.maxSettings=2",
            "review.vectors.minCount=2",
            "review.deepconn={tokens: 30, batch: 32, latent: [4], interactions: 3}",
            "review.narre={batch: 32, latent: [4], attention: 3}",
            "review.daml={tokens: 20, batch: 32, latent: [4], interactions: 3}");

    @TempDir
    private static Path root;

    private static String said;

    @BeforeAll
    static void runOnce() throws Exception {
        LOG.write(root.resolve("data"));
        said = run();
    }

    private static Configuration configuration(String... more) {
        List<String> all = new ArrayList<>(SMALL);
        all.add("paths.root=" + root);
        all.addAll(List.of(more));
        return JobSettings.SECTIONS.read("review.yaml", "", all);
    }

    private static String run(String... more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new ReviewJob(new PrintStream(out, true, StandardCharsets.UTF_8)).run(SPARK, configuration(more));
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Other places for the output. */
    private static String[] into(String name, String... more) {
        return Stream.concat(
                        Stream.of(
                                "paths.predictions=%s/p".formatted(name),
                                "paths.validationPredictions=%s/v".formatted(name),
                                "paths.review=%s/review.json".formatted(name)),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    /** Rows of predictions without their times, in a fixed order. */
    private static List<String> predictions(String folder) {
        return SPARK
                .read()
                .parquet(root + "/" + folder)
                .select("rowId", "readout", "seed", "yhat", "cold", "trace")
                .orderBy("readout", "seed", "rowId")
                .collectAsList()
                .stream()
                .map(Row::toString)
                .toList();
    }

    @Test
    void everyRowIsPredictedOnceByEachReadoutAndSeedAndTheColdAreMarked() {
        for (String system : SYSTEMS) {
            Dataset<Row> test = SPARK.read().parquet(root + "/predictions/" + system);
            assertThat(test.where("system = '%s' AND yhat BETWEEN 1 AND 5 AND NOT failed AND tokensIn = 0 AND ms > 0"
                                    .formatted(system))
                            .groupBy("readout", "seed")
                            .count()
                            .orderBy("readout", "seed")
                            .collectAsList())
                    .hasToString("[[expectation,0,60], [expectation,5,60], [median,0,60], [median,5,60]]");
            assertThat(test.groupBy("rowId").count().where("count <> 4").isEmpty())
                    .isTrue();
            for (String cold : List.of("user", "item", "both")) {
                assertThat(test.where("cold = '%s'".formatted(cold)).count()).isEqualTo(4 * ReviewLog.COLD / 3);
            }
            Dataset<Row> validation = SPARK.read().parquet(root + "/predictions-validation/" + system);
            assertThat(validation.count()).isEqualTo(4 * ReviewLog.VALIDATION);
            assertThat(validation.select("rowId").distinct().count()).isEqualTo(ReviewLog.VALIDATION);
        }
    }

    @Test
    void seedsAndReadoutsAreNetworksOfTheirOwn() {
        for (String system : SYSTEMS) {
            assertThat(SPARK.read()
                            .parquet(root + "/predictions/" + system)
                            .where("cold IS NULL")
                            .groupBy("rowId")
                            .agg(countDistinct("yhat").as("n"))
                            .where("n < 3")
                            .count())
                    .as(system)
                    .isLessThan(10);
        }
    }

    @Test
    void theReportHasSearchChoiceAndCost() throws Exception {
        JsonNode report = JSON.readTree(root.resolve("review.json").toFile());
        assertThat(report.get("trainRatings").asInt()).isEqualTo(ReviewLog.TRAIN);
        assertThat(report.get("validationRatings")).isNull();
        assertThat(report.at("/words/source").asText()).isEqualTo("word2vec");
        assertThat(report.at("/limits/tokens").asInt()).isBetween(3, 6);
        assertThat(report.get("predictedRows").asInt()).isEqualTo(ReviewLog.TEST);
        assertThat(report.get("systems")).hasSize(12);
        for (JsonNode system : report.get("systems")) {
            boolean median = system.get("readout").asText().equals("median");
            assertThat(system.get("loss").asText()).isEqualTo(median ? "l1" : "l2");
            assertThat(system.get("tried")).hasSize(2);
            double best = StreamSupport.stream(system.get("tried").spliterator(), false)
                    .mapToDouble(trial -> trial.get("validationLoss").asDouble())
                    .min()
                    .orElseThrow();
            assertThat(system.at("/chosen/validationLoss").asDouble()).isEqualTo(best);
            if (system.get("seed").asInt() == 0) { // the network of the search
                double found = median
                        ? system.get("validationMae").asDouble()
                        : Math.pow(system.get("validationRmse").asDouble(), 2);
                assertThat(found).isCloseTo(best, within(1e-5));
            }
        }
        for (String system : SYSTEMS) {
            String folder = root + "/predictions/" + system;
            assertThat(TrainingCost.read(folder, SPARK.sparkContext().hadoopConfiguration()))
                    .extracting(TrainingCost::readout, TrainingCost::samples)
                    .containsExactly(tuple("expectation", 420L), tuple("median", 420L));
            assertThat(PredictionNote.read(folder, SPARK.sparkContext().hadoopConfiguration())
                            .orElseThrow())
                    .startsWith(system + ": word vectors: Word2Vec on train reviews, 6 numbers, ");
        }
        assertThat(said)
                .contains("NARRE median, seed 5: best of 2 settings (latent 4, learning rate ")
                .contains("60 test rows: 10.0 % of new users, 10.0 % of new items, 5.0 % of both");
        assertThat(root.resolve("review-work")).doesNotExist();
    }

    /** The referee is a plain scan of the log. */
    @Test
    void narreExplainsAPredictionByEarlierReviewsOfTheItem() throws Exception {
        Map<String, ReviewLog.Entry> entries =
                LOG.entries().stream().collect(Collectors.toMap(ReviewLog.Entry::rowId, entry -> entry));
        int most = JSON.readTree(root.resolve("review.json").toFile())
                .at("/limits/itemReviews")
                .asInt();
        int empty = 0;
        for (Row row : SPARK.read().parquet(root + "/predictions/NARRE").collectAsList()) {
            ReviewLog.Entry target = entries.get(row.<String>getAs("rowId"));
            List<ReviewLog.Entry> known = LOG.split("train").stream()
                    .filter(entry -> entry.item().equals(target.item()) && entry.time() < target.time())
                    .sorted(Comparator.comparing(ReviewLog.Entry::time).thenComparing(ReviewLog.Entry::rowId))
                    .toList();
            List<String> read = known.subList(Math.max(0, known.size() - most), known.size()).stream()
                    .map(ReviewLog.Entry::rowId)
                    .toList();
            JsonNode trace = JSON.readTree(row.<String>getAs("trace"));
            assertThat(trace).hasSize(Math.min(3, read.size()));
            empty += trace.isEmpty() ? 1 : 0;
            double last = 1;
            double sum = 0;
            Set<String> named = new HashSet<>();
            for (JsonNode review : trace) {
                String reviewId = review.get("reviewId").asText();
                assertThat(read).contains(reviewId);
                String text = entries.get(reviewId).review();
                assertThat(review.get("text").asText()).isEqualTo(text == null ? "" : text);
                assertThat(review.get("weight").asDouble()).isBetween(0.0, last);
                last = review.get("weight").asDouble();
                sum += last;
                assertThat(named.add(reviewId)).isTrue();
            }
            assertThat(sum).isBetween(trace.isEmpty() ? 0.0 : 0.1, 1.001);
        }
        assertThat(empty).isEqualTo(4 * 6);
        assertThat(SPARK.read()
                        .parquet(root + "/predictions/DAML")
                        .where("trace IS NOT NULL")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void wordsAreKeptAndReadAgain() throws Exception {
        Path words = words();
        List<Path> before = files(words);
        String again = run(into("again", "review.systems=[deepconn, narre]", "review.readouts=[median]"));
        assertThat(again).contains(words.toString());
        assertThat(files(words)).isEqualTo(before);
        for (String system : List.of("DeepCoNN", "NARRE")) {
            assertThat(predictions("again/p/" + system)).isEqualTo(medians("predictions/" + system));
            assertThat(predictions("again/v/" + system)).isEqualTo(medians("predictions-validation/" + system));
        }
        byte[] vectors = Files.readAllBytes(words.resolve("_vectors.safetensors"));
        byte[] damaged = vectors.clone();
        damaged[damaged.length - 1] ^= 1;
        Files.write(words.resolve("_vectors.safetensors"), damaged);
        try {
            assertThatThrownBy(() -> run(into("damaged")))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("_vectors.safetensors does not match _words.json. Remove");
            assertThat(written("damaged")).isEmpty();
        } finally {
            Files.write(words.resolve("_vectors.safetensors"), vectors);
        }
    }

    private static List<String> medians(String folder) {
        return predictions(folder).stream()
                .filter(row -> row.contains("median"))
                .toList();
    }

    /** The files below a folder. */
    private static List<Path> written(String name) throws Exception {
        if (Files.notExists(root.resolve(name))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root.resolve(name))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static Path words() throws Exception {
        JsonNode report = JSON.readTree(root.resolve("review.json").toFile());
        return Path.of(report.get("wordFolder").asText().replaceFirst("^file:", ""));
    }

    private static List<Path> files(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void aRefitLearnsFromValidationRowsAndLeavesTheirPredictionsAlone() {
        run(into("refit", "prepare.refit=true", "review.systems=[narre]", "review.readouts=[expectation]"));
        assertThat(predictions("refit/v/NARRE"))
                .isEqualTo(predictions("predictions-validation/NARRE").stream()
                        .filter(row -> row.contains("expectation"))
                        .toList());
        assertThat(predictions("refit/p/NARRE"))
                .hasSize(2 * ReviewLog.TEST)
                .doesNotContainAnyElementsOf(predictions("predictions/NARRE"));
        Set<String> validation =
                LOG.split("validation").stream().map(ReviewLog.Entry::rowId).collect(Collectors.toSet());
        assertThat(predictions("refit/p/NARRE"))
                .as("validation reviews explain test rows")
                .anyMatch(row -> validation.stream().anyMatch(id -> row.contains("\"reviewId\":\"" + id)));
        assertThat(predictions("predictions/NARRE"))
                .noneMatch(row -> validation.stream().anyMatch(id -> row.contains("\"reviewId\":\"" + id)));
    }

    @Test
    void withoutReviewsTheTextsHaveNoPart() {
        run(into(
                "masked",
                "review.maskReviews=true",
                "review.systems=[deepconn]",
                "review.readouts=[expectation]",
                "review.seeds=[0]"));
        Dataset<Row> masked = SPARK.read().parquet(root + "/masked/p/DeepCoNN, no reviews");
        assertThat(masked.select("system").distinct().collectAsList()).hasToString("[[DeepCoNN, no reviews]]");
        assertThat(masked.select("yhat").distinct().count())
                .as("DeepCoNN knows nothing but reviews")
                .isEqualTo(1);
    }

    @Test
    void vectorsComeFromAFileOrAtRandom() throws Exception {
        Path file = Files.writeString(root.resolve("glove.txt"), "taste0 1 2 3 4 5 6\ntaste1 -1 -2 -3 -4 -5 -6\n");
        String[] one = {"review.systems=[deepconn]", "review.readouts=[expectation]", "review.seeds=[0]"};
        run(into(
                "file",
                Stream.concat(Stream.of(one), Stream.of("review.vectors.source=file", "review.vectors.path=" + file))
                        .toArray(String[]::new)));
        JsonNode report = JSON.readTree(root.resolve("file/review.json").toFile());
        assertThat(report.get("words").toString())
                .contains("\"source\":\"file\",\"file\":\"" + file + "\"")
                .contains("\"withVector\":2,\"dimension\":6");
        run(into(
                "random",
                Stream.concat(Stream.of(one), Stream.of("review.vectors.source=random"))
                        .toArray(String[]::new)));
        assertThat(predictions("random/p/DeepCoNN")).isNotEqualTo(predictions("file/p/DeepCoNN"));
        assertThat(JSON.readTree(root.resolve("random/review.json").toFile())
                        .at("/words/source")
                        .asText())
                .isEqualTo("random");
        assertThatThrownBy(() -> run(into(
                        "wrong",
                        "review.vectors.source=file",
                        "review.vectors.path=" + file,
                        "review.wordDimension=7")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has vectors of 6 numbers, and review.wordDimension is 7");
        assertThat(written("wrong")).isEmpty();
    }

    @Test
    void networksThatDivergeAreNotChosen() throws Exception {
        assertThatThrownBy(() -> run(into(
                        "diverged",
                        "review.systems=[deepconn]",
                        "review.readouts=[expectation]",
                        "review.deepconn.learningRates=[1.0e30]")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "all 2 settings diverged; lower the learning rates of the system (review.deepconn.learningRates)");
        assertThat(written("diverged")).isEmpty();
        assertThat(root.resolve("review-work")).doesNotExist();
    }

    @Test
    void resultsThatAreThereAreNotOverwritten() {
        assertThatThrownBy(() -> run())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("already exists");
    }

    @Test
    void severalTasksShareATrainingAndALostExecutorChangesNothing() throws Exception {
        String[] shared = {
            "review.systems=[narre, deepconn]",
            "review.readouts=[expectation]",
            "review.seeds=[0]",
            "review.maxSettings=1",
            "review.tasks=2",
            "review.rounds=2"
        };
        run(into("shared", shared));
        assertThat(predictions("shared/p/NARRE"))
                .as("tasks are part of the result")
                .isNotEqualTo(predictions("predictions/NARRE").stream()
                        .filter(row -> row.contains("expectation,0"))
                        .toList());
        Path log = root.resolve("application.log");
        Path killed = root.resolve("killed");
        List<String> settings = new ArrayList<>(SMALL);
        settings.add("paths.root=" + root);
        settings.addAll(List.of(into("lost", shared)));

        int status = KilledExecutorApplication.run(ReviewJob.class, log, 40, killed, settings);

        assertThat(status).as(Files.readString(log)).isZero();
        assertThat(killed).exists();
        assertThat(predictions("lost/p/NARRE")).isEqualTo(predictions("shared/p/NARRE"));
        assertThat(predictions("lost/p/DeepCoNN")).isEqualTo(predictions("shared/p/DeepCoNN"));
    }
}
