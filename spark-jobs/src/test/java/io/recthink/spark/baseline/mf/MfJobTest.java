package io.recthink.spark.baseline.mf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.KilledExecutorApplication;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.TrainingCost;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MfJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final LowRankLog LOG = new LowRankLog();

    @TempDir
    private static Path root;

    private static String said;

    @BeforeAll
    static void runOnce() throws Exception {
        LOG.write(root.resolve("data"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MfJob(new PrintStream(out, true, StandardCharsets.UTF_8)).run(SPARK, configuration());
        said = out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyTestRowIsPredictedOnceByEachReadoutAndTheColdAreMarked() {
        Dataset<Row> mf = SPARK.read().parquet(root + "/predictions/MF");
        Dataset<Row> als = SPARK.read().parquet(root + "/predictions/bias+ALS");
        long rows = LOG.split("test").count();
        for (Dataset<Row> one : List.of(mf.where("readout = 'expectation'"), mf.where("readout = 'median'"), als)) {
            assertThat(one.count()).isEqualTo(rows);
            assertThat(one.select("rowId")
                            .except(LOG.split("test").select("rowId"))
                            .isEmpty())
                    .isTrue();
            assertThat(one.where("yhat BETWEEN 1 AND 5 AND NOT failed AND tokensIn + tokensOut = 0 AND ms > 0")
                            .count())
                    .isEqualTo(rows);
            for (String cold : List.of("user", "item", "both")) {
                assertThat(one.where("cold = '%s'".formatted(cold)).count()).isEqualTo(LowRankLog.COLD / 3);
            }
        }
        assertThat(als.select("system", "readout").distinct().collectAsList()).hasToString("[[bias+ALS,expectation]]");
    }

    @Test
    void validationRowsArePredictedBesideThem() {
        for (String system : List.of("MF", "bias+ALS")) {
            Dataset<Row> validation = SPARK.read().parquet(root + "/predictions-validation/" + system);
            assertThat(validation
                            .where("readout = 'expectation'")
                            .join(LOG.split("validation"), "rowId")
                            .count())
                    .isEqualTo(LOG.split("validation").count());
        }
    }

    @Test
    void factorsAndBiasesTogetherBeatEitherAlone() {
        Dataset<Row> rows = LOG.split("test");
        double mf = rmse(SPARK.read().parquet(root + "/predictions/MF").where("readout = 'expectation'"), rows);
        double als = rmse(SPARK.read().parquet(root + "/predictions/bias+ALS"), rows);
        double bias = rmse(FittedBiasModel.fit(LOG.split("train"), 1, 5).predict(rows, "yhat"), rows);
        assertThat(mf).isLessThan(bias - 0.1);
        assertThat(als).isLessThan(bias - 0.1);

        run(
                "mf.biases=false",
                "mf.parallelism=1",
                "paths.predictions=a",
                "paths.validationPredictions=b",
                "paths.mf=c");
        double factorsAlone = rmse(SPARK.read().parquet(root + "/a/MF").where("readout = 'expectation'"), rows);
        assertThat(mf).isLessThan(factorsAlone);
        assertThat(predictions("a/bias+ALS")) // nor does it matter how many settings are tried at the same time
                .isEqualTo(predictions("predictions/bias+ALS"));
    }

    @Test
    void theReadoutsAreModelsOfTheirOwn() {
        Dataset<Row> mf = SPARK.read().parquet(root + "/predictions/MF");
        assertThat(mf.where("readout = 'median'")
                        .select("rowId", "yhat")
                        .intersect(mf.where("readout = 'expectation'").select("rowId", "yhat"))
                        .count())
                .isLessThan(mf.count() / 20);
    }

    @Test
    void theReportTellsWhatWasTriedAndWhatItCost() throws Exception {
        JsonNode report = new ObjectMapper().readTree(Files.readString(root.resolve("mf.json")));
        assertThat(report.get("trainRatings").asLong())
                .isEqualTo(LOG.split("train").count());
        assertThat(report.get("validationRatings").asLong())
                .isEqualTo(LOG.split("validation").count());
        assertThat(report.get("users").asInt()).isEqualTo(150);
        double rows = LOG.split("test").count();
        assertThat(report.get("coldUserShare").asDouble()).isCloseTo(20 / rows, within(1e-9));
        assertThat(report.get("coldBothShare").asDouble()).isCloseTo(10 / rows, within(1e-9));
        assertThat(report.get("systems"))
                .extracting(system -> system.get("system").asText())
                .contains("MF", "bias+ALS");
        for (JsonNode system : report.get("systems")) {
            assertThat(system.get("tried")).hasSizeGreaterThan(1);
            double best = system.at("/chosen/validationLoss").asDouble();
            system.get("tried")
                    .forEach(trial ->
                            assertThat(trial.get("validationLoss").asDouble()).isGreaterThanOrEqualTo(best));
            double error = system.get("readout").asText().equals("median")
                    ? system.get("validationMae").asDouble()
                    : Math.pow(system.get("validationRmse").asDouble(), 2);
            assertThat(error).isCloseTo(best, within(1e-5));
            assertThat(system.get("samples").asLong())
                    .isEqualTo(LOG.split("train").count());
            assertThat(system.get("microsecondsPerPrediction").asDouble()).isPositive();
        }
        assertThat(TrainingCost.read(
                        root + "/predictions/MF",
                        SparkTest.spark().sparkContext().hadoopConfiguration()))
                .hasSize(2)
                .allSatisfy(cost -> {
                    assertThat(cost.samples()).isEqualTo(LOG.split("train").count());
                    assertThat(cost.seconds()).isPositive();
                });
        assertThat(said).contains("MF expectation: best of 2 settings", "new users", root + "/mf.json");
    }

    @Test
    void nothingElseIsLeftBehind() throws Exception {
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("mf.json", "predictions", "predictions-validation")
                    .doesNotContain("mf-checkpoints");
        }
    }

    @Test
    void refitLearnsFromValidationRowsButDoesNotPredictThemWithWhatItLearnt() {
        run(
                "prepare.refit=true",
                "mf.parallelism=1",
                "paths.predictions=d",
                "paths.validationPredictions=e",
                "paths.mf=f");
        assertThat(predictions("e/MF")).isEqualTo(predictions("predictions-validation/MF"));
        assertThat(predictions("d/MF")).isNotEqualTo(predictions("predictions/MF"));
        assertThat(predictions("d/bias+ALS")).isNotEqualTo(predictions("predictions/bias+ALS"));
    }

    @Test
    void systemsCanBeSwitchedOff() throws Exception {
        run("mf.systems=[bias+ALS]", "paths.predictions=x", "paths.validationPredictions=y", "paths.mf=z");
        assertThat(predictions("x/bias+ALS")).isEqualTo(predictions("predictions/bias+ALS"));
        try (Stream<Path> files = Files.list(root.resolve("x"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("bias+ALS");
        }
        for (String systems : List.of("[ALS]", "[MF, ALS]")) {
            assertThatThrownBy(() -> run("mf.systems=" + systems, "paths.predictions=w"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("mf.systems must name some of ")
                    .hasMessageEndingWith("but is " + systems);
        }
    }

    @Test
    void executorsThatAreLostChangeNothing() throws Exception {
        List<String> blocks = List.of(
                "mf.blocks=2",
                "mf.maxEpochs=4",
                "mf.factorPenalties=[0.02]",
                "mf.als.penalties=[0.05]",
                "mf.als.ranks=[4]",
                "mf.als.iterations=2");
        run(settings(blocks, "paths.predictions=m", "paths.validationPredictions=n", "paths.mf=o"));
        Path log = root.resolve("application.log");
        Path killed = root.resolve("killed");

        int status = KilledExecutorApplication.run(
                MfJob.class,
                log,
                40,
                killed,
                configured(settings(blocks, "paths.predictions=p", "paths.validationPredictions=q", "paths.mf=r")));

        assertThat(status).as(Files.readString(log)).isZero();
        assertThat(killed).exists();
        assertThat(predictions("p/MF")).isEqualTo(predictions("m/MF"));
        assertThat(predictions("p/bias+ALS")).isEqualTo(predictions("m/bias+ALS"));
    }

    private static String[] settings(List<String> some, String... others) {
        return Stream.concat(some.stream(), Stream.of(others)).toArray(String[]::new);
    }

    @Test
    void resultsThatAreThereAreNotOverwritten() {
        assertThatThrownBy(() -> run())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("paths.predictions")
                .hasMessageContaining("already exists");
    }

    @Test
    void withoutValidationRowsNothingIsChosen(@TempDir Path other) throws Exception {
        ExampleRows rows = new ExampleRows();
        rows.add("a", "train", "u", "i", 4).add("b", "test", "u", "j", 5);
        rows.write(other.resolve("data"));
        assertThatThrownBy(() -> run("paths.root=" + other))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("validation");
        try (Stream<Path> files = Files.list(other)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("data");
        }
    }

    @Test
    void whenAllSettingsDivergeTheJobSaysSoAndWritesNothing() {
        assertThatThrownBy(() -> run(
                        "mf.learningRates=[1000]",
                        "paths.predictions=j",
                        "paths.validationPredictions=k",
                        "paths.mf=l"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("diverged")
                .hasMessageContaining("mf.learningRates");
        assertThat(root.resolve("j")).doesNotExist();
    }

    private static List<Row> predictions(String folder) {
        return SPARK.read()
                .parquet(root + "/" + folder)
                .select("rowId", "readout", "yhat", "cold")
                .orderBy("rowId", "readout")
                .collectAsList();
    }

    private static double rmse(Dataset<Row> predictions, Dataset<Row> rows) {
        return predictions
                .select("rowId", "yhat")
                .join(rows.select("rowId", "truth"), "rowId")
                .selectExpr("sqrt(avg((yhat - truth) * (yhat - truth)))")
                .head()
                .getDouble(0);
    }

    private static void run(String... settings) {
        new MfJob(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8))
                .run(SPARK, configuration(settings));
    }

    private static Configuration configuration(String... settings) {
        return JobSettings.SECTIONS.read("test", "", configured(settings));
    }

    private static List<String> configured(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "paths.root=" + root,
                "mf.factors=[4]",
                "mf.learningRates=[0.04]",
                "mf.maxEpochs=40",
                "mf.factorPenalties=[0.02, 0.1]",
                "mf.biasPenalties=[0.02]",
                "mf.als.ranks=[4, 3]",
                "mf.als.penalties=[0.05, 0.3]",
                "mf.als.iterations=3",
                "mf.als.blocks=2"));
        all.addAll(List.of(settings));
        return all;
    }
}
