package io.recthink.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.recthink.InvalidInputException;
import io.recthink.config.Configuration;
import io.recthink.spark.JobSettings;
import io.recthink.spark.SparkTest;
import io.recthink.spark.StoppedException;
import io.recthink.spark.baseline.bias.FittedBiasModel;
import io.recthink.spark.evaluate.ComparisonRow;
import io.recthink.spark.evaluate.Evaluation;
import io.recthink.spark.evaluate.EvaluationRequest;
import io.recthink.spark.run.PolicyArgument;
import io.recthink.spark.table.ExampleRows;
import io.recthink.spark.table.PredictSettings;
import io.recthink.spark.table.PreparedData;
import io.recthink.spark.table.Readout;
import io.recthink.spark.table.Tables;
import io.recthink.spark.training.PolicyValidation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictJobTest {
    private static final SparkSession SPARK = SparkTest.spark();
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
    static void writeDataAndModel() throws IOException {
        WordChain.write(root.resolve("model"));
        ExampleRows examples = new ExampleRows();
        for (int i = 0; i < 20; i++) {
            examples.add(
                    "train-" + i,
                    "train",
                    "user-" + i % 3,
                    List.of("good", "bad").get(i % 2),
                    1 + i % 5);
        }
        for (int i = 0; i < 12; i++) {
            examples.add(
                    "test-" + i,
                    "test",
                    "user-" + i % 4,
                    List.of("good", "bad", "mixed").get(i % 3),
                    5);
        }
        examples.write(root.resolve("data"));
    }

    @Test
    void greedyRatingsAreReadAndFailuresFallBackToTheBiasModel() {
        List<Row> rows = predict("greedy", "predict.policies.first=model", "predict.policies.second=model");
        assertThat(DataType.equalsIgnoreNullability(
                        SPARK.read().parquet(root + "/greedy/first").schema(), Tables.PREDICTIONS))
                .isTrue();
        assertThat(rows).hasSize(24);
        Map<String, Double> bias = bias();
        Set<String> keys = new HashSet<>();
        for (Row row : rows) {
            String rowId = row.getAs("rowId");
            keys.add(row.getAs("system") + rowId);
            boolean bad = Integer.parseInt(rowId.substring(5)) % 3 == 1;
            assertThat(row.<Boolean>getAs("failed")).as(rowId).isEqualTo(bad);
            assertThat(row.<Double>getAs("yhat")).as(rowId).isEqualTo(bad ? bias.get(rowId) : 4.0);
            assertThat(row.<String>getAs("trace")).isEqualTo(bad ? "" : "<rate> 4 </rate>");
            assertThat(row.<Integer>getAs("tokensOut")).isEqualTo(bad ? 1 : 4);
            assertThat(row.<Integer>getAs("tokensIn")).isEqualTo(2);
            assertThat(row.<String>getAs("readout")).isEqualTo("greedy");
        }
        assertThat(keys).hasSize(24);
    }

    @Test
    void aPolicyWithoutReadableAnswersEndsTheJobAfterItsPredictionsAreWritten() throws IOException {
        changed(
                root.resolve("model"),
                "silent",
                "chat_template.jinja",
                "{{ message.content }}",
                "{{ message.content }} bad");
        assertThatThrownBy(() -> predict("silence", "predict.policies.a=model", "predict.policies.silent=silent"))
                .isInstanceOf(StoppedException.class)
                .hasMessageStartingWith("silent: no rating can be read from 12 of 12 answers. ");
        assertThat(root.resolve("silence/a/_SUCCESS")).exists();
        assertThat(root.resolve("silence/silent/_policy.json")).exists();
    }

    @Test
    void theNextAttemptKeepsWhatIsCompleteAndTheSame() throws IOException {
        predict("again", "predict.policies.first=model");
        Path table = root.resolve("again/first/_policy.json");
        long written = Files.getLastModifiedTime(table).toMillis();
        predict("again", "predict.policies.first=model", "predict.policies.second=model");
        assertThat(Files.getLastModifiedTime(table).toMillis()).isEqualTo(written);
        assertThat(root.resolve("again/second/_policy.json")).exists();
        assertThatThrownBy(() -> predict("again", "predict.policies.first=model", "seed=99"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("again/first already exists");
    }

    @Test
    void samplesGiveMeanAndMedianOverTheRatingsThatCanBeRead() {
        Map<String, Row> rows = new HashMap<>();
        predict("samples", "predict.policies.policy=model", "predict.samples=5")
                .forEach(row -> rows.put(row.getAs("rowId") + " " + row.getAs("readout"), row));
        assertThat(rows).hasSize(36);
        Map<String, Double> bias = bias();
        Set<Double> means = new HashSet<>();
        for (int i = 0; i < 12; i++) {
            Row mean = rows.get("test-" + i + " mean-of-5");
            Row median = rows.get("test-" + i + " median-of-5");
            if (i % 3 == 1) {
                assertThat(mean.<Boolean>getAs("failed")).isTrue();
                assertThat(mean.<Double>getAs("yhat")).isEqualTo(bias.get("test-" + i));
            } else {
                means.add(mean.getAs("yhat"));
                assertThat(mean.<Double>getAs("yhat")).isBetween(2.0, 4.0);
                assertThat(median.<Double>getAs("yhat")).isIn(2.0, 3.0, 4.0);
            }
        }
        assertThat(means).as("samples differ").hasSizeGreaterThan(1);
    }

    @Test
    void theDistributionOfTheRatingsGivesExpectationAndMedian() {
        Set<List<Object>> plain = values(predict("no-distribution", "predict.policies.policy=model"));
        List<Row> all = predict("distribution", "predict.policies.policy=model", "predict.distribution=true");
        List<Row> greedy = all.stream()
                .filter(row -> row.getAs("readout").equals("greedy"))
                .toList();
        assertThat(values(greedy)).isEqualTo(plain).hasSize(12);
        assertThat(all).hasSize(36);
        Map<String, Double> bias = bias();
        double four = Math.exp(0.5) / (1 + Math.exp(0.5)); // else 2: see WordChain
        for (Row row : all) {
            String rowId = row.getAs("rowId");
            String readout = row.getAs("readout");
            boolean bad = Integer.parseInt(rowId.substring(5)) % 3 == 1;
            assertThat(row.<Boolean>getAs("failed")).as(rowId).isEqualTo(bad);
            if (bad || readout.equals("greedy")) {
                assertThat(row.<Object>getAs("probs")).isNull();
                assertThat(row.<Object>getAs("probsMass")).isNull();
                assertThat(row.<Double>getAs("yhat")).isEqualTo(bad ? bias.get(rowId) : 4.0);
                assertThat(row.<Integer>getAs("tokensIn")).isEqualTo(2);
            } else {
                List<Double> probs = row.getList(row.fieldIndex("probs"));
                assertThat(probs).hasSize(5);
                assertThat(probs.get(1)).isCloseTo(1 - four, within(1e-5));
                assertThat(probs.get(3)).isCloseTo(four, within(1e-5));
                assertThat(row.<Double>getAs("probsMass")).isCloseTo(1, within(1e-5));
                double expectation = 2 * (1 - four) + 4 * four;
                assertThat(row.<Double>getAs("yhat"))
                        .isCloseTo(readout.equals("median") ? 4 : expectation, within(1e-5));
                // Beside the prompt of two tokens five ratings, each with the closing tag.
                assertThat(row.<Integer>getAs("tokensIn")).isEqualTo(2 + 5 * 2);
            }
            assertThat(row.<Integer>getAs("tokensOut")).isEqualTo(bad ? 1 : 4);
        }
    }

    @Test
    void theTableScoresTheProbabilities() {
        predict("crps", "predict.policies.policy=model", "predict.distribution=true", "predict.samples=2");
        List<ComparisonRow> rows = Evaluation.of(
                        SPARK,
                        EvaluationRequest.of(
                                configuration("crps", "compare.resamples=20", "compare.sliceResamples=20")))
                .rows()
                .stream()
                .filter(row -> row.key().system().equals("policy"))
                .toList();
        assertThat(rows)
                .extracting(row -> row.key().readout().name())
                .containsExactly("expectation", "greedy", "mean-of-2", "median", "median-of-2");
        for (ComparisonRow row : rows) {
            boolean scored = List.of(Readout.EXPECTATION, Readout.MEDIAN)
                    .contains(row.key().readout());
            assertThat(row.errors().crps().isPresent()).as(row.key().toString()).isEqualTo(scored);
        }
    }

    @Test
    void distributionsDoNotDependOnTasksOrBatches() {
        String[] settings = {"predict.policies.policy=model", "predict.distribution=true"};
        Set<List<Object>> one = values(predict("one-distribution", with(settings, "predict.partitions=1")));
        Set<List<Object>> many =
                values(predict("many-distributions", with(settings, "predict.partitions=4", "predict.maxBatch=2")));
        assertThat(many).hasSize(36).isEqualTo(one);
    }

    @Test
    void aScaleWithoutAListOfRatingsHasNoDistribution() throws IOException {
        new ExampleRows()
                .add("a", "train", "u", "good", 3.14)
                .add("b", "test", "u", "good", 2.72)
                .write(root.resolve("any-number"));
        refused(
                "predict.distribution: the ratings from 1.0 to 5.0 are not multiples of a step",
                "predict.policies.x=model",
                "predict.distribution=true",
                "paths.data=any-number");
    }

    private static String[] with(String[] settings, String... more) {
        return Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new);
    }

    /** The rows with "good" are rated, those with "bad" are not; a tokenizer that exchanges both turns that round. */
    @Test
    void policiesOfTheSameWeightsAreToldApartByTokenizerTemplateAndConfiguration() throws IOException {
        Path model = root.resolve("model");
        changed(model, "words", "tokenizer.json", "\"good\": 9, \"bad\": 10", "\"bad\": 9, \"good\": 10");
        changed(model, "template", "chat_template.jinja", "{{ message.content }}", "{{ message.content }} bad");
        changed(model, "ends", "config.json", "\"eos_token_id\" : 1", "\"eos_token_id\" : 2");
        WordChain.writeAdapter(root.resolve("adapter"), model);
        WordChain.writeAdapter(root.resolve("words-adapter"), root.resolve("words"));
        predict(
                "told-apart",
                "validation.maxFailed=1",
                "predict.policies.plain=model",
                "predict.policies.words=words",
                "predict.policies.template=template",
                "predict.policies.ends=ends",
                "predict.policies.adapter=adapter",
                "predict.policies.words-adapter=words-adapter");
        assertThat(failed("told-apart/plain")).containsOnly("bad");
        assertThat(failed("told-apart/words")).containsOnly("good");
        assertThat(failed("told-apart/template")).containsOnly("good", "bad", "mixed");
        assertThat(failed("told-apart/ends")).containsOnly("good", "bad", "mixed");
        assertThat(failed("told-apart/adapter")).containsOnly("good");
        assertThat(failed("told-apart/words-adapter")).containsOnly("bad");
    }

    private static void changed(Path model, String name, String file, String from, String to) throws IOException {
        Path copy = Files.createDirectories(root.resolve(name));
        for (String each : List.of("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja")) {
            Files.copy(model.resolve(each), copy.resolve(each));
        }
        String text = Files.readString(copy.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(copy.resolve(file), text.replace(from, to));
    }

    /** The words in the prompts of the rows without a readable rating. */
    private static Set<String> failed(String folder) {
        Set<String> words = new HashSet<>();
        for (Row row : SPARK.read().parquet(root + "/" + folder).collectAsList()) {
            if (row.<Boolean>getAs("failed")) {
                int number = Integer.parseInt(row.<String>getAs("rowId").substring(5));
                words.add(List.of("good", "bad", "mixed").get(number % 3));
            }
        }
        return words;
    }

    @Test
    void predictionsDoNotDependOnTasksBatchesOrTheLayoutOfTheTable() {
        String policy = "predict.policies.policy=model";
        Set<List<Object>> one = values(predict("one-task", policy, "predict.samples=3", "predict.partitions=1"));
        Set<List<Object>> many = values(
                predict("many-tasks", policy, "predict.samples=3", "predict.partitions=4", "predict.maxBatch=2"));
        assertThat(many).hasSize(36).isEqualTo(one);
    }

    @Test
    void aSampleIsPredictedAndItsIdsAreWrittenWithTheirHash() throws Exception {
        List<Row> rows = predict("sample", "predict.policies.policy=model", "predict.rows=5");
        List<String> ids =
                rows.stream().map(row -> row.<String>getAs("rowId")).sorted().toList();
        byte[] list = Files.readAllBytes(root.resolve("sample/_rows.txt"));
        assertThat(new String(list, java.nio.charset.StandardCharsets.UTF_8).lines())
                .hasSize(5)
                .containsExactlyElementsOf(ids);
        assertThat(Files.readString(root.resolve("sample/_rows.sha256")).strip())
                .isEqualTo(HexFormat.of()
                        .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                                .digest(list)));
    }

    @Test
    void whatCannotBePredictedIsRefusedBeforeAnythingIsWritten() throws IOException {
        refused("predict.policies is empty");
        refused("predict.policies.x: " + root + "/data is neither the folder of a model", "predict.policies.x=data");
        refused("predict.policies.x: " + root + "/nowhere is neither", "predict.policies.x=nowhere");
        refused("'_x' cannot name a folder", "predict.policies._x=model");
        Files.createDirectories(root.resolve("refused/taken"));
        refused("already exists", "predict.policies.fresh=model", "predict.policies.taken=model");
        assertThat(root.resolve("refused/fresh")).doesNotExist();
    }

    @Test
    void aSplitWithoutRowsIsRefused() {
        refused("the split validation of", "predict.policies.x=model", "predict.split=validation");
    }

    @Test
    void promptsThatDoNotFitTheModelsContextAreRefusedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> predict("no-room", "predict.policies.x=model", "rollout.maxTokens=100"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("and rollout.maxTokens 100 do not fit the model's context of 64 tokens. Set"
                        + " prompt.maxTokens=48 or less and lower rollout.maxTokens to 16 tokens or less, or"
                        + " take");
        assertThat(root.resolve("no-room/_rows.txt")).doesNotExist();
    }

    @Test
    void validationScoresTheSameRowsWithTheSamePredictions() throws IOException {
        Dataset<Row> examples = new ExampleRows()
                .add("t", "train", "u", "good", 3)
                .add("a", "validation", "u", "good", 5)
                .add("b", "validation", "u", "bad", 1)
                .table();
        PreparedData data = PreparedData.read(SPARK, root + "/data");
        try (FittedBiasModel bias = FittedBiasModel.fit(examples.where("split = 'train'"), 1, 5);
                PolicyValidation validation =
                        PolicyValidation.of(SPARK, "paths.run", configuration("v"), data, examples, bias)) {
            var score = validation.of(
                    PolicyArgument.resolve("model", root + "/model", SPARK), root + "/validation-predictions");
            assertThat(score.mae()).isCloseTo((1 + 2) / 2.0, within(1e-12));
            assertThat(score.rmse()).isCloseTo(Math.sqrt((1 + 4) / 2.0), within(1e-12));
            assertThat(score.failures()).isEqualTo(0.5);
        }
    }

    private static void refused(String message, String... settings) {
        assertThatThrownBy(() -> predict("refused", settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private static List<Row> predict(String predictions, String... settings) {
        Configuration configuration = configuration(predictions, settings);
        new PredictJob().run(SPARK, configuration);
        List<Row> rows = new ArrayList<>();
        for (String system : configuration.get(PredictSettings.class).policies().keySet()) {
            rows.addAll(SPARK.read()
                    .parquet(root + "/" + predictions + "/" + system)
                    .collectAsList());
        }
        return rows;
    }

    private static Configuration configuration(String predictions, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("paths.root=" + root);
        all.add("paths.predictions=" + predictions);
        return JobSettings.SECTIONS.read("test", SETTINGS, all);
    }

    /** What must be the same each time: everything but the milliseconds. */
    private static Set<List<Object>> values(List<Row> rows) {
        Set<List<Object>> values = new HashSet<>();
        for (Row row : rows) {
            List<Object> value = new ArrayList<>();
            for (String name : Tables.PREDICTIONS.fieldNames()) {
                value.add(name.equals("ms") ? null : row.getAs(name));
            }
            values.add(value);
        }
        return values;
    }

    private static Map<String, Double> bias() {
        Dataset<Row> examples = PreparedData.examples(SPARK, root + "/data");
        Map<String, Double> bias = new HashMap<>();
        FittedBiasModel.fit(examples.where("split = 'train'"), 1, 5)
                .predict(examples.where("split = 'test'"), "yhat")
                .collectAsList()
                .forEach(row -> bias.put(row.getAs("rowId"), row.getAs("yhat")));
        return bias;
    }
}
