package io.recthink.spark.predict;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.completion.PredictionStage;
import io.recthink.spark.completion.Reading;
import io.recthink.spark.files.ListedTable;
import io.recthink.spark.policy.PolicyReference;
import io.recthink.spark.policy.PolicyVersion;
import io.recthink.spark.run.Cursor;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.PublishedFiles;
import io.recthink.spark.run.RunDescription;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.StratifiedSample;
import io.recthink.spark.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationPredictionsTest {
    private static final SparkSession SPARK = SparkTest.spark();
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SETTINGS =
            """
            prompt:
              think: none
              system: " "
              user: "{history} {target_item}"
              targetItem: "{title}"
            rollout:
              maxTokens: 8
            """;

    @TempDir
    static Path root;

    @BeforeAll
    static void writeDataAndRun() throws IOException {
        WordChain.write(root.resolve("model"));
        ExampleRows examples = new ExampleRows();
        for (int i = 0; i < 10; i++) {
            examples.add("train-" + i, "train", "user-" + i % 3, "good", 1 + i % 5);
            examples.add(
                    "validation-" + i,
                    "validation",
                    "user-" + i % 4,
                    List.of("good", "bad").get(i % 2),
                    1 + i % 5);
        }
        examples.add("test-0", "test", "user-0", "good", 5).add("test-1", "test", "user-1", "bad", 1);
        examples.write(root.resolve("data"));
        writeRun();
    }

    /** A run that has validated the policy of its step 1: its predictions say 2, which the policy itself never does. */
    private static void writeRun() throws IOException {
        Path step = Files.createDirectories(root.resolve("run/step-000001"));
        copy(root.resolve("model"), step.resolve("policy"));
        JSON.writeValue(
                step.resolve("manifest.json").toFile(),
                new Manifest(
                        1,
                        new PolicyVersion(1, "weights", null),
                        null,
                        new Cursor(0, 0),
                        null,
                        PublishedFiles.of(step)));
        JSON.writeValue(
                root.resolve("run/run.json").toFile(),
                new RunDescription("id", "train", "1", "", "", "", "", "cpu", 1, 17, "", "", "d1", ""));
        Files.writeString(root.resolve("run/config.yaml"), configuration("none").toYaml());
        try (PredictionStage stage = scoring(configuration("none"))) {
            Dataset<Row> predictions = stage.predict(
                            "policy", new PolicyReference(root + "/model", 1, "weights", "digest"), Reading.GREEDY)
                    .withColumn("yhat", lit(2.0));
            ListedTable.write(predictions, "paths.run", root + "/run/eval/step-000001/predictions");
        }
    }

    @Test
    void aSampleOfTheValidationRowsIsPredictedAsTheTestRowsAre() {
        Dataset<Row> written = predict("sample", "predict.policies.x=model", "predict.validationRows=6");
        assertThat(DataType.equalsIgnoreNullability(written.schema(), Tables.PREDICTIONS))
                .isTrue();
        assertThat(written.select("rowId").distinct().collectAsList())
                .containsExactlyInAnyOrderElementsOf(
                        StratifiedSample.of(validation(), 6).select("rowId").collectAsList());
        assertThat(written.collectAsList()).hasSize(6).allSatisfy(row -> {
            assertThat(row.<String>getAs("system")).isEqualTo("x");
            assertThat(row.<Long>getAs("seed")).isEqualTo(17);
            assertThat(row.<Boolean>getAs("failed") || row.<Double>getAs("yhat") == 4)
                    .isTrue();
        });
    }

    @Test
    void samplesAreDrawnForThemToo() {
        Dataset<Row> written = predict("samples", "predict.policies.x=run@1", "predict.samples=2");
        assertThat(written.count()).isEqualTo(30);
        assertThat(written.where("yhat = 2 and readout = 'greedy'").isEmpty()).isTrue();
    }

    @Test
    void distributionsAreReadForThemToo() {
        Dataset<Row> written = predict("distributions", "predict.policies.x=run@1", "predict.distribution=true");
        assertThat(written.count()).isEqualTo(30);
        assertThat(written.where("readout = 'expectation' and size(probs) = 5").count())
                .isEqualTo(5);
    }

    @Test
    void aTrainingOfAnEarlierVersionHasNoMassOfProbabilities() throws IOException {
        copyRun("earlier");
        String predictions = "/eval/step-000001/predictions";
        FileUtil.fullyDelete(root.resolve("earlier" + predictions).toFile());
        SPARK.read()
                .parquet(root + "/run" + predictions)
                .drop("probsMass")
                .write()
                .parquet(root + "/earlier" + predictions);
        assertThat(ofTraining("of-earlier", "predict.policies.x=earlier@1")).isEqualTo(10);
    }

    @Test
    void whatTheTrainingHasPredictedIsNotPredictedAgain() {
        Dataset<Row> written = predict("trained", "predict.policies.x=run@1");
        assertThat(DataType.equalsIgnoreNullability(written.schema(), Tables.PREDICTIONS))
                .isTrue();
        assertThat(written.count()).isEqualTo(10);
        assertThat(written.where("yhat = 2 and system = 'x' and readout = 'greedy' and seed = 17")
                        .count())
                .isEqualTo(10);
    }

    @Test
    void otherSettingsWeightsDataOrRowsArePredictedAgain() throws IOException {
        assertThat(ofTraining("longer", "predict.policies.x=run@1", "rollout.maxTokens=9"))
                .isZero();
        assertThat(ofTraining("prompts", "predict.policies.x=run@1", "prompt.descriptionCharacters=7"))
                .isZero();
        // Named as a model folder, a policy is known by the hash of what is there.
        assertThat(ofTraining("weights", "predict.policies.x=run/step-000001/policy"))
                .isZero();
        copyRun("other-data");
        Path description = root.resolve("other-data/run.json");
        Files.writeString(description, Files.readString(description).replace("\"d1\"", "\"d0\""));
        assertThat(ofTraining("data", "predict.policies.x=other-data@1")).isZero();
        copyRun("fewer-rows");
        String predictions = "/eval/step-000001/predictions";
        FileUtil.fullyDelete(root.resolve("fewer-rows" + predictions).toFile());
        SPARK.read()
                .parquet(root + "/run" + predictions)
                .where("rowId <> 'validation-3'")
                .write()
                .parquet(root + "/fewer-rows" + predictions);
        assertThat(ofTraining("rows", "predict.policies.x=fewer-rows@1")).isZero();
    }

    @Test
    void predictionsOfTheTrainingThatAreNotAllThereAreRefused() throws IOException {
        copyRun("half");
        Path predictions = root.resolve("half/eval/step-000001/predictions");
        SPARK.read()
                .parquet(predictions.toString())
                .limit(1)
                .write()
                .mode("append")
                .parquet(predictions.toString());
        assertThatThrownBy(() -> predict("half-predicted", "predict.policies.x=half@1"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("half/eval/step-000001/predictions does not match its _files.json: part-")
                .hasMessageContaining(" is not listed");
    }

    @Test
    void nothingIsPredictedWhereItIsOfNoUse() {
        new PredictJob().run(SPARK, configuration("without", "predict.policies.x=model", "predict.validationRows=0"));
        assertThat(root.resolve("without/x")).exists();
        assertThat(root.resolve("without-validation")).doesNotExist();
        new PredictJob().run(SPARK, configuration("split", "predict.policies.x=model", "predict.split=validation"));
        assertThat(root.resolve("split-validation")).doesNotExist();
    }

    @Test
    void aFolderThatIsThereIsRefusedBeforeAnythingIsPredicted() throws IOException {
        Files.createDirectories(root.resolve("taken-validation/x"));
        assertThatThrownBy(() -> predict("taken", "predict.policies.x=model"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("paths.validationPredictions: " + root + "/taken-validation/x already exists");
        assertThat(root.resolve("taken")).doesNotExist();
    }

    private static void copyRun(String name) throws IOException {
        copy(root.resolve("run"), root.resolve(name));
    }

    private static void copy(Path from, Path to) throws IOException {
        var hadoop = new org.apache.hadoop.conf.Configuration();
        var files = FileSystem.getLocal(hadoop).getRaw(); // without checksums, so that the test can edit what it copied
        FileUtil.copy(from.toFile(), files, new org.apache.hadoop.fs.Path(to.toUri()), false, hadoop);
    }

    /** How many of the predictions are those that the run holds. */
    private static long ofTraining(String name, String... settings) {
        return predict(name, settings).where("yhat = 2").count();
    }

    private static Dataset<Row> predict(String name, String... settings) {
        new PredictJob().run(SPARK, configuration(name, settings));
        return SPARK.read().parquet(root + "/" + name + "-validation/x");
    }

    private static PredictionStage scoring(Configuration configuration) {
        PreparedData data = PreparedData.read(SPARK, root + "/data");
        return PredictionStage.of(
                FittedBiasModel.fit(validation(), 1, 5).predict(validation(), PredictionStage.FALLBACK),
                configuration,
                data);
    }

    private static Dataset<Row> validation() {
        return PreparedData.examples(SPARK, root + "/data").where("split = 'validation'");
    }

    private static Configuration configuration(String name, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of(
                "paths.root=" + root,
                "paths.predictions=" + name,
                "paths.validationPredictions=" + name + "-validation"));
        return JobSettings.SECTIONS.read("test", SETTINGS, all);
    }
}
